// The host with a worker at the other end of a real channel.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {createHost} from '../../extension/host/host.js'

/** @typedef {import('../../extension/shared/messages.js').EngineAnswer} EngineAnswer */

const DONE = {
  kind: 'answer', ok: true, verdict: {label: 'a', labels: ['a'], scores: [{label: 'a', score: 1}]}, tokens: 3, truncated: false,
  ms: {tokenize: 1, infer: 2},
}

/** A worker that starts as it is told to and answers when asked to. @param {{starts?: boolean}} [options] */
function worker({starts = true} = {}) {
  const {port1, port2} = new MessageChannel()
  /** @type {string[]} */ const seen = []
  port2.onmessage = ({data: {id}}) => {
    seen.push(id)
    if (starts) port2.postMessage(id === 'bad' ? {kind: 'answer', id, ok: false, message: 'no'} : {...DONE, id})
  }
  port2.postMessage(starts ? {kind: 'ready'} : {kind: 'broken', message: 'no memory'})
  const end = () => { port1.close(); port2.close() }
  return Object.assign(port1, {terminate: end, onerror: null, seen, end})
}

/** @param {ReturnType<typeof createHost>} host @param {string} id @param {string} [text] @returns {Promise<EngineAnswer[]>} */
function ask(host, id, text = 'text') {
  /** @type {EngineAnswer[]} */ const answers = []
  return new Promise((resolve) => host.classify(id, text, (answer) => {
    answers.push(answer)
    if (answer.kind !== 'progress') resolve(answers)
  }))
}

test('requests are answered in turn, each with its own id', async () => {
  const engine = worker()
  const host = createHost(() => /** @type {any} */ (engine))
  const [first, second] = await Promise.all([ask(host, '1'), ask(host, '2')])
  assert.deepEqual([first.at(-1)?.id, second.at(-1)?.id], ['1', '2'])
  assert.deepEqual(engine.seen, ['1', '2'])
  assert.equal(first[0].kind, 'progress')
  engine.end()
})

test('one text that fails does not stop the next', async () => {
  const engine = worker()
  const host = createHost(() => /** @type {any} */ (engine))
  const [bad, good] = await Promise.all([ask(host, 'bad'), ask(host, 'good')])
  assert.deepEqual([bad.at(-1)?.kind, good.at(-1)?.kind], ['failure', 'result'])
  engine.end()
})

test('a cancelled request that waits is never given to the worker', async () => {
  const engine = worker()
  const host = createHost(() => /** @type {any} */ (engine))
  const first = ask(host, '1')
  host.classify('2', 'text', () => assert.fail('a cancelled request was answered'))
  host.cancel('2')
  await first
  await ask(host, '3')
  assert.deepEqual(engine.seen, ['1', '3'])
  engine.end()
})

test('a start that fails is told to all who wait, and the next request gets a new worker', async () => {
  const engines = [worker({starts: false}), worker()]
  const host = createHost(() => /** @type {any} */ (engines.shift()))
  const refused = await Promise.all([ask(host, '1'), ask(host, '2')])
  for (const answers of refused) {
    const last = answers.at(-1)
    assert.ok(last?.kind === 'failure')
    assert.equal(last.code, 'start_failed')
  }
  const [second] = engines
  assert.equal((await ask(host, '3')).at(-1)?.kind, 'result')
  second.end()
})

test('an empty text is refused without waking the engine', async () => {
  const host = createHost(() => assert.fail('the engine was started'))
  const [answer] = await ask(host, '1', ' \n')
  assert.ok(answer.kind === 'failure')
  assert.equal(answer.code, 'no_text')
})
