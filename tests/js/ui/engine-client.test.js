// How a UI page asks the engine, whatever happens to the host meanwhile.
import assert from 'node:assert/strict'
import {afterEach, beforeEach, mock, test} from 'node:test'
import {classify, status} from '../../../extension/ui/lib/engine-client.js'
import {event} from '../support/android.js'

const SEGMENT = {
  text: 0,
  start: 0,
  end: 5,
  tokens: 3,
  prediction: {label: 'joy', labels: ['joy'], scores: [{label: 'joy', score: 1}]},
}

/** @type {any[]} */ let ports = []
/** @type {string[]} */ let calls = []

function makePort() {
  const port = {
    /** @type {any[]} */ sent: [],
    onMessage: event(),
    onDisconnect: event(),
    postMessage: (/** @type {any} */ message) => void port.sent.push(message),
    disconnect() {},
    answer: (/** @type {object} */ message) =>
      port.onMessage.fire({id: port.sent[0].id, ...message}),
  }
  ports.push(port)
  return port
}

beforeEach(() => {
  ports = []
  calls = []
  mock.method(console, 'warn', () => {})
  mock.timers.enable({apis: ['setInterval', 'setTimeout']})
  Object.assign(globalThis, {
    chrome: {
      runtime: {
        connect: makePort,
        async sendMessage(/** @type {{kind: string}} */ {kind}) {
          calls.push(kind)
          return {ok: true, value: {}}
        },
      },
    },
  })
})
afterEach(() => mock.timers.reset())

/** Let what is awaited go on, and the timers with it. @param {number} [ms] */
async function pass(ms = 0) {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
  mock.timers.tick(ms)
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}

/** @param {number} number */
function port(number) {
  return ports[number]
}

const RESULT = {
  kind: 'result',
  prediction: SEGMENT.prediction,
  from: 0,
  segments: [SEGMENT],
  tokens: 3,
  ms: {queue: 0, tokenize: 0, infer: 1, total: 1},
}

test('a host that is stopped in the middle is started and asked again, for the same text', async () => {
  const answer = classify('happy')
  port(0).answer({kind: 'partial', from: 0, segments: [SEGMENT]})
  port(0).onDisconnect.fire()
  await pass(1)
  await pass(1)
  assert.deepEqual(calls, ['wake'])
  assert.deepEqual(port(1).sent[0].texts, ['happy'])
  assert.notEqual(port(1).sent[0].id, port(0).sent[0].id)
  port(1).answer(RESULT)
  assert.deepEqual((await answer).segments, [SEGMENT])
})

test('a host that is stopped again and again is a failure with words', async () => {
  const answer = classify('happy')
  answer.catch(() => {})
  for (let attempt = 0; attempt < 4; attempt++) {
    port(attempt).onDisconnect.fire()
    await pass(1000)
    await pass(1000)
  }
  await assert.rejects(answer, {code: 'no_answer'})
  assert.equal(ports.length, 4)
})

test('a silent host is asked twice whether it knows the request, and then left', async () => {
  const answer = classify('happy')
  answer.catch(() => {})
  await pass(10_000) // the request itself counts as heard
  assert.equal(port(0).sent.length, 1)
  await pass(10_000)
  await pass(10_000)
  assert.deepEqual(
    port(0)
      .sent.slice(1)
      .map((/** @type {{kind: string}} */ {kind}) => kind),
    ['status', 'status'],
  )
  await pass(10_000)
  await pass(1)
  await pass(1)
  assert.equal(ports.length, 2)
  port(1).answer(RESULT)
  await answer
})

test('a host that knows the request is waited for, however long', async () => {
  const answer = classify('happy')
  for (let turn = 0; turn < 30; turn++) {
    await pass(10_000)
    port(0).answer({kind: 'status', known: true})
  }
  assert.equal(ports.length, 1)
  port(0).answer(RESULT)
  await answer
})

test('a computer that sleeps for hours fails nothing', async (context) => {
  const answer = classify('happy')
  const now = performance.now()
  context.mock.method(performance, 'now', () => now + 3_600_000)
  await pass(10_000) // a timer that was due in between rings once, as it wakes up
  await pass(10_000)
  assert.equal(ports.length, 1)
  port(0).answer(RESULT)
  await answer
})

test('a host that has lost the request is asked again', async () => {
  const answer = classify('happy')
  port(0).answer({kind: 'status', known: false})
  await pass(1)
  await pass(1)
  port(1).answer(RESULT)
  await answer
})

test('what the engine refuses is not asked again', async () => {
  const answer = classify('happy')
  answer.catch(() => {})
  port(0).answer({kind: 'failure', code: 'run_failed', message: 'no', hint: 'retry'})
  await assert.rejects(answer, {code: 'run_failed'})
  assert.equal(ports.length, 1)
})

test('where there is no host its state is off', async () => {
  const answer = status()
  port(0).onDisconnect.fire()
  assert.equal((await answer).engine, 'off')
})
