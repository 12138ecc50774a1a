// The host's life as data: what each event does in each state. docs/explanation/host-states.md
// shows the same table, and a test compares the two.

/** @typedef {(typeof STATE)[keyof typeof STATE]} State */
/** @typedef {(typeof EVENT)[keyof typeof EVENT]} Event */
/** @typedef {(typeof EFFECT)[keyof typeof EFFECT]} Effect */
/** @typedef {(typeof TIMER)[keyof typeof TIMER]} TimerName */
/** @typedef {{to: State, effects: readonly Effect[]}} Transition */

export const STATE = Object.freeze({
  OFF: 'off', // no worker
  WARMING: 'warming', // the worker loads, and no request waits
  LOADING: 'loading', // the worker loads, and requests wait
  IDLE: 'idle', // the worker is ready, and no request waits
  MEASURING: 'measuring', // idle, and it is being measured how many threads are fastest
  WORKING: 'working', // the worker is ready, and requests wait
})

export const EVENT = Object.freeze({
  START: 'start', // the engine is wanted ahead of a request
  REQUEST: 'request',
  DRAINED: 'drained', // the last request that waited is answered or cancelled
  VACATED: 'vacated', // no request waits, and a UI page asked to free the memory
  CONFIGURED: 'configured', // the settings are read, and the worker was told to start
  SIGN: 'sign', // the worker told something
  READY: 'ready', // the worker can classify
  RUN_FAILED: 'run_failed', // one request failed; it is no longer among those that wait
  FAILED: 'failed', // the worker failed, and a more cautious start is left to try
  FAILED_FOR_GOOD: 'failed_for_good', // the worker failed, and no such start is left
  MEASURED: 'measured',
  MEASUREMENT_FAILED: 'measurement_failed',
  IDLE_TIMEOUT: 'idle_timeout',
  QUIET_TIMEOUT: 'quiet_timeout',
  LINGER_TIMEOUT: 'linger_timeout',
})

export const EFFECT = Object.freeze({
  CREATE_WORKER: 'create_worker', // it gets every request that waits, in their order
  SEND_REQUEST: 'send_request',
  END_WORKER: 'end_worker',
  REFUSE_ALL: 'refuse_all',
  TELL_RELEASED: 'tell_released',
  MEASURE: 'measure',
  END_MEASUREMENT: 'end_measurement',
  LEAVE: 'leave',
  RESTART_STALL: 'restart_stall',
  RESTART_IDLE: 'restart_idle',
  RESTART_QUIET: 'restart_quiet',
  RESTART_LINGER: 'restart_linger',
})

export const TIMER = Object.freeze({
  STALL: 'stall', // the worker has given no sign for too long
  IDLE: 'idle', // the engine's memory is not worth its keep any more
  QUIET: 'quiet', // a reader is hardly about to ask again
  LINGER: 'linger', // nobody needs this page
  HEARTBEAT: 'heartbeat', // again and again: the browser must not unload this page
})

/**
 * Which timers run in a state. One that two states share goes on when one follows the other.
 * @type {Readonly<Record<State, readonly TimerName[]>>}
 */
export const TIMERS = Object.freeze({
  off: [TIMER.LINGER],
  warming: [TIMER.STALL, TIMER.IDLE],
  loading: [TIMER.STALL, TIMER.HEARTBEAT],
  idle: [TIMER.IDLE, TIMER.QUIET],
  measuring: [TIMER.IDLE],
  working: [TIMER.STALL, TIMER.HEARTBEAT],
})

const RENEW = /** @type {const} */ (['end_worker', 'create_worker', 'restart_stall'])

/** A pair that cannot happen: it shows a bug in the caller. */
const NEVER = null
/** A pair that can happen and changes nothing. */
const NOTHING = Object.freeze({to: null, effects: []})

/** @param {State} state @param {Effect[]} effects */
function to(state, ...effects) {
  return Object.freeze({to: state, effects})
}

/** @param {Effect[]} effects */
function stay(...effects) {
  return Object.freeze({to: null, effects})
}

/**
 * A row an event, a cell a state. `to`: null for the same state.
 * @typedef {{to: State | null, effects: readonly Effect[]} | null} Cell
 * @type {Readonly<Record<Event, Readonly<Record<State, Cell>>>>}
 */
export const TRANSITIONS = Object.freeze({
  start: {
    off: to('warming', 'create_worker'),
    warming: stay('restart_idle'),
    loading: NOTHING,
    idle: stay('restart_idle', 'restart_quiet'),
    measuring: stay('restart_idle'),
    working: NOTHING,
  },
  request: {
    off: to('loading', 'create_worker'),
    warming: to('loading', 'send_request'),
    loading: stay('send_request'),
    idle: to('working', 'send_request'),
    measuring: to('working', 'end_measurement', 'send_request'),
    working: stay('send_request'),
  },
  drained: {
    off: NEVER,
    warming: NEVER,
    loading: to('warming'),
    idle: NEVER,
    measuring: NEVER,
    working: to('idle'),
  },
  vacated: {
    off: stay('tell_released', 'restart_linger'),
    warming: to('off', 'end_worker', 'tell_released'),
    loading: to('off', 'end_worker', 'tell_released'),
    idle: to('off', 'end_worker', 'tell_released'),
    measuring: to('off', 'end_measurement', 'end_worker', 'tell_released'),
    working: to('off', 'end_worker', 'tell_released'),
  },
  configured: {
    off: NEVER,
    warming: stay('restart_idle'),
    loading: NOTHING,
    idle: NEVER,
    measuring: NEVER,
    working: NEVER,
  },
  sign: {
    off: NEVER,
    warming: stay('restart_stall'),
    loading: stay('restart_stall'),
    idle: NOTHING, // it was on its way when the request was cancelled
    measuring: NOTHING,
    working: stay('restart_stall'),
  },
  ready: {
    off: NEVER,
    warming: to('idle'),
    loading: to('working'),
    idle: NEVER,
    measuring: NEVER,
    working: NEVER,
  },
  run_failed: {
    off: NOTHING, // it was the last that a release waited for
    warming: NEVER,
    loading: NEVER,
    idle: to('off', 'end_worker'), // ONNX Runtime may be unusable after it
    measuring: to('off', 'end_measurement', 'end_worker'),
    working: to('loading', ...RENEW),
  },
  failed: {
    off: NEVER,
    warming: stay(...RENEW),
    loading: stay(...RENEW),
    idle: to('warming', ...RENEW),
    measuring: to('warming', 'end_measurement', ...RENEW),
    working: to('loading', ...RENEW),
  },
  failed_for_good: {
    off: NEVER,
    warming: to('off', 'end_worker'),
    loading: to('off', 'end_worker', 'refuse_all'),
    idle: to('off', 'end_worker'),
    measuring: to('off', 'end_measurement', 'end_worker'),
    working: to('off', 'end_worker', 'refuse_all'),
  },
  measured: {
    off: NEVER,
    warming: NEVER,
    loading: NEVER,
    idle: NEVER,
    measuring: to('idle', 'end_measurement'),
    working: NEVER,
  },
  measurement_failed: {
    off: NEVER,
    warming: NEVER,
    loading: NEVER,
    idle: NEVER,
    measuring: to('off', 'end_measurement', 'end_worker'),
    working: NEVER,
  },
  idle_timeout: {
    off: NEVER,
    warming: to('off', 'end_worker'),
    loading: NEVER,
    idle: to('off', 'end_worker'),
    measuring: to('off', 'end_measurement', 'end_worker'),
    working: NEVER,
  },
  quiet_timeout: {
    off: NEVER,
    warming: NEVER,
    loading: NEVER,
    idle: to('measuring', 'measure'),
    measuring: NEVER,
    working: NEVER,
  },
  linger_timeout: {
    off: stay('leave'),
    warming: NEVER,
    loading: NEVER,
    idle: NEVER,
    measuring: NEVER,
    working: NEVER,
  },
})

/**
 * @param {State} state
 * @param {Event} event
 * @returns {Transition}
 * @throws {Error} if that event cannot happen in that state.
 */
export function transition(state, event) {
  const cell = TRANSITIONS[event][state]
  if (cell === NEVER) throw new Error(`The host cannot meet “${event}” while it is ${state}`)
  return {to: cell.to ?? state, effects: cell.effects}
}
