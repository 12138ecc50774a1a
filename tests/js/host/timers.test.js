// Timers with names, on a clock that a test moves.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {Timers} from '../../../extension/host/timers.js'

/** @param {import('node:test').TestContext} context */
function clocked(context) {
  context.mock.timers.enable({apis: ['setTimeout']})
  let now = 0
  context.mock.method(performance, 'now', () => now)
  /** @type {string[]} */ const rung = []
  const timers = new Timers({
    short: {ms: () => 500, ring: () => rung.push('short')},
    long: {ms: () => 60_000, ring: () => rung.push('long')},
    beat: {ms: () => 10_000, ring: () => rung.push('beat'), repeat: true},
    never: {ms: () => null, ring: () => rung.push('never')},
  })
  const pass = (/** @type {number} */ ms) => {
    for (let left = ms; left > 0; left -= 500) {
      now += 500
      context.mock.timers.tick(500)
    }
  }
  return {
    timers,
    rung,
    pass,
    sleep: (/** @type {number} */ ms) => {
      now += ms
    },
  }
}

test('the timers that are kept ring once, and one that repeats again and again', (context) => {
  const {timers, rung, pass} = clocked(context)
  timers.keep(['short', 'never', 'beat'])
  pass(30_000)
  assert.deepEqual(rung, ['short', 'beat', 'beat', 'beat'])
})

test('a timer that goes on being kept is not begun again; one that was dropped is', (context) => {
  const {timers, rung, pass} = clocked(context)
  timers.keep(['long'])
  pass(59_000)
  timers.keep(['long', 'beat'])
  pass(1000)
  assert.deepEqual(rung, ['long'])
  timers.keep([])
  timers.keep(['long'])
  pass(59_000)
  assert.deepEqual(rung, ['long'])
  timers.keep([])
  pass(60_000)
  assert.deepEqual(rung, ['long'], 'it was dropped before its time')
})

test('a restart gives the full time again, also to one that has rung, but not to one that is not kept', (context) => {
  const {timers, rung, pass} = clocked(context)
  timers.keep(['long'])
  pass(59_000)
  timers.restart('long')
  timers.restart('short')
  pass(59_500)
  assert.deepEqual(rung, [])
  pass(500)
  assert.deepEqual(rung, ['long'])
  timers.restart('long')
  pass(60_000)
  assert.deepEqual(rung, ['long', 'long'])
})

for (const asleep of [11_000, 60_000, 12 * 3_600_000]) {
  test(`${asleep / 1000} s asleep are not counted`, (context) => {
    const {timers, rung, pass, sleep} = clocked(context)
    timers.keep(['long'])
    pass(55_000)
    sleep(asleep)
    pass(9500)
    assert.deepEqual(rung, [])
    pass(10_000)
    assert.deepEqual(rung, ['long'])
  })
}
