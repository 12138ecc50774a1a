// The table of the host's states: complete, sound, and the same as in the docs.
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
import {
  EFFECT,
  EVENT,
  STATE,
  TIMER,
  TIMERS,
  transition,
  TRANSITIONS,
} from '../../../extension/host/machine.js'

const DOCS = new URL('../../../docs/explanation/engine-host.md', import.meta.url)
const states = Object.values(STATE)
const events = Object.values(EVENT)

/** Every pair that can happen, with what follows. */
const stated = events.flatMap((event) =>
  states
    .filter((from) => TRANSITIONS[event][from])
    .map((from) => ({from, event, ...transition(from, event)})),
)

/** @typedef {(typeof stated)[number]} Pair */

test('every pair of a state and an event is stated or refused', () => {
  assert.deepEqual(Object.keys(TRANSITIONS), events)
  for (const event of events) {
    assert.deepEqual(Object.keys(TRANSITIONS[event]), states, event)
    for (const state of states) {
      if (TRANSITIONS[event][state]) assert.ok(transition(state, event).to)
      else
        assert.throws(() => transition(state, event), {message: new RegExp(`${event}.*${state}`)})
    }
  }
})

test('every state can be entered and left, and every effect and timer is used', () => {
  const reached = new Set(/** @type {string[]} */ ([STATE.OFF]))
  for (let before = -1; before !== reached.size;) {
    before = reached.size
    for (const {from, to} of stated) if (reached.has(from)) reached.add(to)
  }
  assert.deepEqual([...reached].sort(), states.toSorted())
  for (const state of states) assert.ok(stated.some(({from, to}) => from === state && to !== state))
  const used = new Set(stated.flatMap(({effects}) => effects))
  assert.deepEqual([...used].sort(), Object.values(EFFECT).sort())
  assert.deepEqual([...new Set(Object.values(TIMERS).flat())].sort(), Object.values(TIMER).sort())
})

const has = (/** @type {Pair} */ {effects}, /** @type {string} */ effect) =>
  effects.some((one) => one === effect)
const within = (/** @type {string[]} */ ...some) => ({
  entered: (/** @type {Pair} */ {from, to}) => !some.includes(from) && some.includes(to),
  left: (/** @type {Pair} */ {from, to}) => some.includes(from) && !some.includes(to),
})
const {OFF, WARMING, LOADING, IDLE, MEASURING, WORKING} = STATE
const LOADED = [WARMING, LOADING, IDLE, MEASURING, WORKING]

/** @type {[string, (pair: Pair) => boolean][]} */
const RULES = [
  [
    'a worker is created where there is none or the last one is ended first',
    (pair) =>
      !has(pair, 'create_worker') ||
      pair.from === OFF ||
      pair.effects.indexOf('end_worker') === pair.effects.indexOf('create_worker') - 1,
  ],
  [
    'without a worker, one is created',
    (pair) => !within(OFF).left(pair) || has(pair, 'create_worker'),
  ],
  [
    'a host that is off has ended its worker',
    (pair) => !within(OFF).entered(pair) || has(pair, 'end_worker'),
  ],
  [
    'a worker that is new has to load, and has its full time for it',
    (pair) =>
      !has(pair, 'end_worker') ||
      pair.to === OFF ||
      ([WARMING, LOADING].some((state) => state === pair.to) && has(pair, 'restart_stall')),
  ],
  [
    'a measurement begins and ends with its state',
    (pair) =>
      within(MEASURING).entered(pair) === has(pair, 'measure') &&
      within(MEASURING).left(pair) === has(pair, 'end_measurement'),
  ],
  [
    'requests wait in the same way before and after, unless one comes, the last one goes or all are refused',
    (pair) =>
      within(LOADING, WORKING).left(pair) ===
        (['drained', 'vacated', 'failed_for_good'].includes(pair.event) &&
          [LOADING, WORKING].some((state) => state === pair.from)) &&
      within(LOADING, WORKING).entered(pair) ===
        (pair.event === 'request' && ![LOADING, WORKING].some((state) => state === pair.from)),
  ],
  [
    'requests that wait are refused where the worker failed for good, and nowhere else',
    (pair) =>
      has(pair, 'refuse_all') ===
      (pair.event === 'failed_for_good' && [LOADING, WORKING].some((state) => state === pair.from)),
  ],
  [
    'a request reaches the worker: the present one, or a new one, which gets all that wait',
    (pair) =>
      pair.event !== 'request' || has(pair, pair.from === OFF ? 'create_worker' : 'send_request'),
  ],
  [
    'who asks for a release is told',
    (pair) => (pair.event === 'vacated') === has(pair, 'tell_released'),
  ],
  ['only a host that is off leaves', (pair) => !has(pair, 'leave') || pair.from === OFF],
]

for (const [rule, holds] of RULES) {
  test(rule, () => {
    assert.deepEqual(
      stated.filter((pair) => !holds(pair)),
      [],
    )
  })
}

test('a timer that is restarted runs in that state, and only a timer that runs there can ring', () => {
  for (const {from, event, to, effects} of stated) {
    for (const effect of effects) {
      const [, timer] = /^restart_(.*)$/.exec(effect) ?? []
      if (timer)
        assert.ok(
          TIMERS[to].some((name) => name === timer),
          `${from}, ${event}`,
        )
    }
    const [, rung] = /^(.*)_timeout$/.exec(event) ?? []
    if (rung)
      assert.ok(
        TIMERS[from].some((name) => name === rung),
        `${from}, ${event}`,
      )
  }
  for (const state of states) {
    for (const timer of TIMERS[state].filter((name) => `${name}_timeout` in TRANSITIONS))
      assert.ok(TRANSITIONS[/** @type {'idle_timeout'} */ (`${timer}_timeout`)][state], state)
  }
})

test('where a worker works or loads, its silence is noticed', () => {
  for (const state of [WARMING, LOADING, WORKING]) assert.ok(TIMERS[state].includes('stall'))
  assert.equal(LOADED.length + 1, states.length)
})

/** @param {string} name */
function words(name) {
  return name.replaceAll('_', ' ')
}

for (const state of states) {
  test(`the docs' table of the state “${state}” is the code's`, () => {
    const docs = readFileSync(DOCS, 'utf8')
    const heading = `### ${state.charAt(0).toUpperCase()}${state.slice(1)}`
    const section = docs.split(/^(?=#)/m).find((part) => part.startsWith(`${heading}\n`))
    const rows = stated
      .filter(({from}) => from === state)
      .map(({event, to, effects}) => {
        const done = effects.map(words).join(', ') || '–'
        return `| ${words(event)} | ${to} | ${done} |`
      })
    assert.equal(
      section?.trim(),
      [
        heading,
        '',
        `Timers: ${TIMERS[state].map(words).join(', ')}.`,
        '',
        '| event | next state | effects |',
        '| --- | --- | --- |',
        ...rows,
      ].join('\n'),
    )
  })
}
