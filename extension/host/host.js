// Owns the engine's worker: starts it, hands it what the UI pages ask, replaces it when it fails,
// ends it when nobody needs it. machine.js says when.

import {Failure} from '../shared/failures.js'
import {EFFECT, EVENT, STATE, TIMER, TIMERS, transition} from './machine.js'
import {answerResult, phase, refuse, RequestTable} from './request-table.js'
import {createEngineWorker} from './engine-worker.js'
import {createStartPolicy} from './start-policy.js'
import {Measurement} from './measurement.js'
import {DEFAULT_SETTINGS, WorkerSlot} from './worker-slot.js'
import {serve} from './port-server.js'
import {Timers} from './timers.js'

/**
 * @typedef {import('../engine/worker.js').WorkerMessage} WorkerMessage
 * @typedef {import('../shared/messages.js').EngineSettings} EngineSettings
 * @typedef {import('../shared/messages.js').Work} Work
 * @typedef {import('./machine.js').Effect} Effect
 * @typedef {import('./machine.js').Event} Event
 * @typedef {import('./request-table.js').Answer} Answer
 * @typedef {import('./types.js').WorkerLike} WorkerLike
 * @typedef {import('./types.js').SeveralThreads} SeveralThreads
 *
 * What comes with an event: the request of `request`, what went wrong of `failed_for_good`.
 * @typedef {{work?: Work, failure?: Failure}} Details
 */

const HEARTBEAT_MS = 10_000 // Firefox unloads its background after 30 s without an event
const MINUTE_MS = 60_000
// Without a worker: a page that has just learned of its end may ask again at once.
const IDLE_CLOSE_DELAY_MS = 1000
// a start takes one second, ten on a busy device: after so long without a sign nothing comes any
// more
const STALLED_MS = 60_000
// Measuring threads may delay a request: after so long without one, the next is hardly near.
const MEASURE_AFTER_IDLE_MS = 3000

/**
 * @typedef {object} HostParts
 * @property {(whole: boolean) => WorkerLike} createWorker  `whole`: nothing may be left out of its
 *   runtime.
 * @property {() => Promise<EngineSettings>} readSettings  Asked at every start of a worker.
 * @property {() => void} [keepAwake]  Called now and then while there is work: has the browser not
 *   unload this page.
 * @property {() => void} [leave]  Called when there has been neither work nor a worker for a
 *   moment: nobody needs this page.
 * @property {SeveralThreads | undefined} [several]  Without it there is one thread.
 */

export class Host {
  /** @type {import('./machine.js').State} */ #state = STATE.OFF
  #requests = new RequestTable()
  /** @type {(() => void)[]} */ #releases = []
  #idleMs = DEFAULT_SETTINGS.releaseAfterMinutes * MINUTE_MS
  #several
  #leave
  #policy
  #slot
  #measurement
  #timers

  /** @param {HostParts} parts */
  constructor({createWorker, readSettings, keepAwake = () => {}, leave = () => {}, several}) {
    this.#several = several
    this.#leave = leave
    this.#policy = createStartPolicy(several)
    this.#slot = new WorkerSlot(
      {createWorker, readSettings, policy: this.#policy},
      {
        onMessage: (message) => this.#hear(message),
        onError: (message) => this.#workerFailed({message}),
        onConfigured: ({releaseAfterMinutes}) => {
          this.#idleMs = releaseAfterMinutes * MINUTE_MS
          this.#meet(EVENT.CONFIGURED)
        },
      },
    )
    this.#measurement = new Measurement(this.#slot, {
      onMeasured: (threads) => {
        this.#policy.keep(threads)
        this.#meet(EVENT.MEASURED)
      },
      onFailed: (error) => this.#measurementFailed(error),
    })
    this.#timers = new Timers({
      [TIMER.STALL]: {
        ms: () => STALLED_MS,
        ring: () => this.#workerFailed({message: 'The worker gives no sign'}),
      },
      [TIMER.IDLE]: {
        ms: () => (this.#idleMs > 0 ? this.#idleMs : null),
        ring: () => this.#meet(EVENT.IDLE_TIMEOUT),
      },
      [TIMER.QUIET]: {
        ms: () => (several && this.#measurement.isDue ? MEASURE_AFTER_IDLE_MS : null),
        ring: () => this.#meet(EVENT.QUIET_TIMEOUT),
      },
      [TIMER.LINGER]: {ms: () => IDLE_CLOSE_DELAY_MS, ring: () => this.#meet(EVENT.LINGER_TIMEOUT)},
      [TIMER.HEARTBEAT]: {ms: () => HEARTBEAT_MS, ring: keepAwake, repeat: true},
    })
  }

  /** Start the engine, if it does not run yet. */
  start() {
    this.#meet(EVENT.START)
  }

  /** @param {Work} work @param {Answer} answer */
  classify(work, answer) {
    const request = {work, asked: performance.now(), answer}
    if (!work.texts.some((text) => text.trim())) {
      refuse(request, new Failure('no_text', 'The text is empty'))
      return
    }
    this.#requests.add(request)
    this.#meet(EVENT.REQUEST, {work})
    // Where no worker could be made, it is refused by now.
    if (this.#requests.has(work.id)) answer(phase(work.id, this.#loaded))
  }

  /** Forget a request: no answer to it follows. @param {string} id */
  cancel(id) {
    if (!this.#requests.has(id)) return
    this.#slot.send({kind: 'cancel', id})
    this.#close(id)
  }

  /** @param {string} id @returns {import('../shared/messages.js').Status} */
  status(id) {
    const {engine} = this.#slot
    return {
      kind: 'status',
      id,
      engine: engine ? (engine.ready ? 'ready' : 'loading') : 'off',
      threads: engine?.threads ?? null,
      known: this.#requests.has(id),
      requests: this.#requests.size,
    }
  }

  /**
   * End the worker as soon as nothing waits; the next request starts another.
   * @returns {Promise<void>}
   */
  release() {
    return new Promise((resolve) => {
      this.#releases.push(() => resolve())
      if (!this.#requests.size) this.#meet(EVENT.VACATED)
    })
  }

  get #loaded() {
    return this.#slot.engine ?? {ready: false, phase: 'loading', done: 0, total: 0}
  }

  /** @param {Event} event @param {Details} [details] */
  #meet(event, details = {}) {
    const {to, effects} = transition(this.#state, event)
    if (to !== this.#state) {
      this.#state = to
      this.#timers.keep(TIMERS[to])
    }
    for (const effect of effects) this.#effects[effect](details)
  }

  /** @type {Readonly<Record<Effect, (details: Details) => void>>} */
  #effects = {
    [EFFECT.CREATE_WORKER]: () => this.#createWorker(),
    [EFFECT.SEND_REQUEST]: ({work}) => work && this.#slot.send({kind: 'classify', ...work}),
    [EFFECT.END_WORKER]: () => this.#slot.end(),
    [EFFECT.REFUSE_ALL]: ({failure = new Failure('start_failed', 'The worker failed')}) => {
      for (const request of this.#requests.takeAll()) refuse(request, failure)
    },
    [EFFECT.TELL_RELEASED]: () => {
      for (const released of this.#releases.splice(0)) released()
    },
    [EFFECT.MEASURE]: () => this.#measurement.begin(this.#several?.most ?? 1),
    [EFFECT.END_MEASUREMENT]: () => this.#measurement.end(),
    [EFFECT.LEAVE]: () => this.#leave(),
    [EFFECT.RESTART_STALL]: () => this.#timers.restart(TIMER.STALL),
    [EFFECT.RESTART_IDLE]: () => this.#timers.restart(TIMER.IDLE),
    [EFFECT.RESTART_QUIET]: () => this.#timers.restart(TIMER.QUIET),
    [EFFECT.RESTART_LINGER]: () => this.#timers.restart(TIMER.LINGER),
  }

  #createWorker() {
    try {
      this.#slot.create()
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      console.error('No worker can be made', error)
      this.#meet(EVENT.FAILED_FOR_GOOD, {failure: new Failure('start_failed', message)})
      return
    }
    for (const work of this.#requests.works) this.#slot.send({kind: 'classify', ...work})
  }

  /** @param {WorkerMessage} message */
  #hear(message) {
    this.#meet(EVENT.SIGN)
    const {engine} = this.#slot
    if (!engine) return
    switch (message.kind) {
      case 'loading':
        Object.assign(engine, {phase: message.phase, done: message.done, total: message.total})
        this.#requests.tellPhase(engine)
        break
      case 'ready':
        Object.assign(engine, {ready: true, threads: message.threads})
        this.#requests.tellPhase(engine)
        this.#meet(EVENT.READY)
        break
      case 'broken':
        this.#workerFailed(message)
        break
      case 'progress':
        this.#requests.tell(message.id, {...message, phase: 'classifying'})
        break
      case 'partial':
        this.#requests.tell(message.id, message)
        break
      case 'done':
        engine.answered ||= this.#requests.has(message.id)
        this.#close(message.id, (request) => answerResult(request, message))
        break
      case 'failed':
        this.#runFailed(message)
    }
  }

  /** @param {Extract<WorkerMessage, {kind: 'failed'}>} message */
  #runFailed({id, message, trapped}) {
    if (trapped && this.#policy.stepDown({message, trapped, threads: 1})) {
      this.#meet(EVENT.FAILED)
      return
    }
    const request = this.#requests.take(id)
    if (request && !this.#requests.size) this.#drain()
    this.#meet(EVENT.RUN_FAILED)
    if (request) refuse(request, new Failure('run_failed', message))
  }

  /**
   * `code`: of a model that cannot be had, or whose files are damaged: another start would not
   * change that. It may change wrong numbers.
   * @param {Omit<import('./start-policy.js').WorkerEnd, 'threads'>} end
   */
  #workerFailed(end) {
    const {engine} = this.#slot
    if (this.#policy.stepDown({...end, threads: engine?.told?.threads ?? 1})) {
      this.#meet(EVENT.FAILED)
      return
    }
    const code = end.code ?? (engine?.ready ? 'run_failed' : 'start_failed')
    const failure = new Failure(code, end.message)
    this.#meet(EVENT.FAILED_FOR_GOOD, {failure})
  }

  /** @param {string} id @param {(request: import('./request-table.js').Request) => void} [last] */
  #close(id, last) {
    const request = this.#requests.take(id)
    if (!request) return
    if (!this.#requests.size) this.#drain()
    last?.(request)
  }

  /** Nothing waits any more. */
  #drain() {
    this.#meet(this.#releases.length ? EVENT.VACATED : EVENT.DRAINED)
  }

  /** @param {Error & {trapped?: boolean}} error */
  #measurementFailed(error) {
    console.warn('How many threads are fastest could not be found out', error)
    if (error.trapped && this.#policy.stepDown({message: error.message, trapped: true, threads: 1}))
      this.#meet(EVENT.FAILED) // the next worker has all of the runtime, and so will its rivals
    else {
      // or each host would try it again, and lose its worker
      this.#policy.keep(this.#slot.engine?.told?.threads ?? 1)
      this.#meet(EVENT.MEASUREMENT_FAILED)
    }
  }
}

/**
 * The host of this page, with its real worker.
 * @param {() => Promise<EngineSettings>} readSettings
 * @param {Pick<HostParts, 'keepAwake' | 'leave' | 'several'>} parts
 */
export function startHost(readSettings, parts) {
  const host = new Host({createWorker: createEngineWorker, readSettings, ...parts})
  serve(host)
  return host
}
