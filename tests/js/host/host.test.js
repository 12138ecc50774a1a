// The host with a worker at the other end of a real channel.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {nth} from '../support/nth.js'
import {
  ask,
  DONE,
  hostWith,
  LINGER_MS,
  MINUTE_MS,
  SEGMENT,
  STALLED_MS,
  stopClock,
  until,
  work,
  worker,
} from './support.js'

test('a request is told how far the model is, how far it is itself, its parts and its result', async () => {
  const host_ = hostWith([worker()])
  const answers = await ask(host_, '1')
  assert.deepEqual(answers.slice(0, -1), [
    {kind: 'progress', id: '1', phase: 'loading', done: 0, total: 0},
    {kind: 'progress', id: '1', phase: 'loading', done: 5, total: 10},
    {kind: 'progress', id: '1', phase: 'classifying', done: 0, total: 0},
    {kind: 'progress', id: '1', phase: 'classifying', done: 1, total: 2},
    {kind: 'partial', id: '1', from: 0, segments: [SEGMENT]},
  ])
  const last = answers.at(-1)
  assert.ok(last?.kind === 'result')
  assert.ok(last.ms.total > 0)
  assert.deepEqual({...last, ms: 0}, {...DONE, id: '1', kind: 'result', ms: 0})
  await host_.release()
})

test('what is still told of a worker that was ended concerns nobody', async () => {
  const engines = [worker(), worker()]
  const host_ = hostWith(engines)
  await ask(host_, '1')
  await host_.release()
  host_.classify(work('slow'), ({kind}) => {
    if (kind !== 'progress') assert.fail('it was answered')
  })
  const late = new MessageEvent('message', {
    data: {kind: 'broken', message: 'late', trapped: false},
  })
  nth(engines, 0).onmessage?.call(nth(engines, 0), late)
  assert.equal(host_.status('slow').known, true)
  host_.cancel('slow')
  await host_.release()
})

test('a run that fails is answered, and what waits goes to a new worker', async () => {
  const engines = [worker(), worker()]
  const host_ = hostWith(engines)
  host_.classify(work('slow'), () => {})
  const failure = (await ask(host_, 'bad')).at(-1)
  assert.ok(failure?.kind === 'failure')
  assert.deepEqual([failure.code, failure.hint], ['run_failed', 'retry'])
  assert.equal((await ask(host_, '3')).at(-1)?.kind, 'result')
  assert.deepEqual(
    engines.map(({ids}) => ids()),
    [
      ['slow', 'bad'],
      ['slow', '3'],
    ],
  )
  host_.cancel('slow')
  await host_.release()
})

for (const [when, options] of /** @type {const} */ ([
  ['start', {starts: false, trapped: true}],
  ['run', {trapped: true}],
])) {
  test(`a ${when} that calls what was left out of the runtime is made again with all of it, and so are later starts`, async (context) => {
    const warn = context.mock.method(console, 'warn', () => {})
    const engines = [worker(options), worker(), worker()]
    const host_ = hostWith(engines)
    host_.classify(work('slow'), () => {})
    assert.equal((await ask(host_, 'rare')).at(-1)?.kind, 'result')
    assert.equal(warn.mock.callCount(), 1)
    host_.cancel('slow')
    await host_.release()
    assert.equal((await ask(host_, '4')).at(-1)?.kind, 'result')
    await host_.release()
    assert.deepEqual(
      engines.map(({whole}) => whole),
      [false, true, true],
    )
    assert.ok(nth(engines, 1).ids().includes('slow'), 'what waited goes to the new worker')
  })
}

test('an engine that is started ahead of all work is started again with all of the runtime', async (context) => {
  const warn = context.mock.method(console, 'warn', () => {})
  const engines = [worker({starts: false, trapped: true}), worker()]
  const host_ = hostWith(engines)
  host_.start()
  await until(() => warn.mock.callCount())
  assert.equal((await ask(host_, '1')).at(-1)?.kind, 'result')
  assert.equal(nth(engines, 1).whole, true)
  await host_.release()
})

test('a whole runtime that fails is an error', async (context) => {
  context.mock.method(console, 'warn', () => {})
  const host_ = hostWith([
    worker({starts: false, trapped: true}),
    worker({starts: false, trapped: true}),
    worker(),
  ])
  const failure = (await ask(host_, '1')).at(-1)
  assert.ok(failure?.kind === 'failure')
  assert.equal(failure.code, 'start_failed')
  assert.equal((await ask(host_, '2')).at(-1)?.kind, 'result')
  await host_.release()
})

test('a cancelled request is cancelled in the worker and never answered again', async () => {
  const engine = worker()
  const host_ = hostWith([engine])
  host_.classify(work('slow'), ({kind}) => {
    if (kind !== 'progress') assert.fail('a cancelled request was answered')
  })
  host_.cancel('slow')
  await ask(host_, '2')
  assert.deepEqual(
    engine.seen.map(({kind, id}) => [kind, id]).filter(([kind]) => kind === 'cancel'),
    [['cancel', 'slow']],
  )
  await host_.release()
})

test('a start that fails is told to all who wait, and the next request gets a new worker', async () => {
  const host_ = hostWith([worker({starts: false}), worker()])
  for (const answers of await Promise.all([ask(host_, '1'), ask(host_, '2')])) {
    const last = answers.at(-1)
    assert.ok(last?.kind === 'failure')
    assert.equal(last.code, 'start_failed')
  }
  assert.equal((await ask(host_, '3')).at(-1)?.kind, 'result')
  await host_.release()
})

test('a start that gives no sign has failed, however often one waits for it, and the next request gets a new worker', async (context) => {
  const clock = stopClock(context)
  const host_ = hostWith([worker({starts: null}), worker({starts: null}), worker()])
  for (const id of ['1', '2']) {
    const answers = ask(host_, id)
    await clock.pass(STALLED_MS / 2)
    host_.start()
    await clock.pass(STALLED_MS / 2)
    const failure = (await answers).at(-1)
    assert.ok(failure?.kind === 'failure')
    assert.equal(failure.code, 'start_failed')
  }
  assert.equal((await ask(host_, '3')).at(-1)?.kind, 'result')
  await clock.pass(2 * STALLED_MS)
  assert.equal(host_.status('').engine, 'ready')
  await host_.release()
})

test('an empty text is refused without waking the engine', async () => {
  const [answer] = await ask(hostWith([]), '1', ' \n')
  assert.ok(answer?.kind === 'failure')
  assert.equal(answer.code, 'no_text')
})

test('release waits for the work, ends the worker, and the next request starts another', async () => {
  const engines = [worker(), worker()]
  const host_ = hostWith(engines)
  host_.classify(work('slow'), () => {})
  let released = false
  const release = host_.release().then(() => {
    released = true
  })
  await ask(host_, '1')
  assert.equal(released, false)
  assert.deepEqual(host_.status('slow'), {
    kind: 'status',
    id: 'slow',
    engine: 'ready',
    threads: 1,
    known: true,
    requests: 1,
  })
  host_.cancel('slow')
  await release
  assert.deepEqual(host_.status('slow'), {
    kind: 'status',
    id: 'slow',
    engine: 'off',
    threads: null,
    known: false,
    requests: 0,
  })
  assert.equal((await ask(host_, '2')).at(-1)?.kind, 'result')
  await host_.release()
})

test('after the idle time the worker ends by itself', async (context) => {
  const clock = stopClock(context)
  const host_ = hostWith([worker(), worker()], {
    readSettings: async () => ({threads: 1, releaseAfterMinutes: 2, minScore: null}),
  })
  await ask(host_, '1')
  await clock.pass(2 * MINUTE_MS - 1)
  assert.equal(host_.status('').engine, 'ready')
  await clock.pass(1)
  assert.equal(host_.status('').engine, 'off')
  assert.equal((await ask(host_, '2')).at(-1)?.kind, 'result')
  await host_.release()
})

test('a host that has had neither work nor a worker for a moment leaves; one that is needed again stays', async (context) => {
  const clock = stopClock(context)
  let left = 0
  const parts = {
    leave: () => {
      left++
    },
  }
  const host_ = hostWith([worker(), worker()], parts)
  await ask(host_, '1')
  await host_.release()
  await clock.pass(LINGER_MS - 1)
  await ask(host_, '2')
  await clock.pass(LINGER_MS)
  assert.equal(left, 0)
  await host_.release()
  await clock.pass(LINGER_MS)
  assert.equal(left, 1)

  await ask(hostWith([worker({starts: false})], parts), '3')
  await clock.pass(LINGER_MS)
  assert.equal(left, 2)
})

test('while there is work, and only then, the page is kept awake', async (context) => {
  const clock = stopClock(context)
  let calls = 0
  const host_ = hostWith([worker()], {keepAwake: () => calls++})
  host_.start()
  await clock.pass(MINUTE_MS / 2)
  assert.equal(calls, 0)
  host_.classify(work('slow'), () => {})
  await clock.pass(MINUTE_MS / 2)
  assert.equal(calls, 3)
  host_.cancel('slow')
  await clock.pass(MINUTE_MS / 2)
  assert.equal(calls, 3)
  await host_.release()
})

test('where no worker can be made, each request is refused, also one that waits for a second worker', async (context) => {
  context.mock.method(console, 'error', () => {})
  let made = 0
  const first = worker()
  const host_ = hostWith([], {
    createWorker: () => {
      if (made++ === 0) return /** @type {any} */ (first)
      throw new Error('no more workers')
    },
  })
  const slow = ask(host_, 'slow')
  const answers = await Promise.all([slow, ask(host_, 'bad'), slow.then(() => ask(host_, '3'))])
  assert.deepEqual(
    answers.map((all) => /** @type {any} */ (all.at(-1)).code),
    ['start_failed', 'run_failed', 'start_failed'],
  )
})

test('a worker that is silent because the computer slept has not failed', async (context) => {
  const clock = stopClock(context)
  let now = 0
  context.mock.method(performance, 'now', () => now)
  const awake = async (/** @type {number} */ ms) => {
    for (let passed = 0; passed < ms; passed += 1000) {
      now += 1000
      await clock.pass(1000)
    }
  }
  const host_ = hostWith([worker()])
  const answers = ask(host_, 'slow')
  await awake(STALLED_MS - 5000)
  now += 8 * 60 * MINUTE_MS // the timers that were due ring once, when it wakes up
  await awake(9000)
  assert.equal(host_.status('slow').known, true)
  await awake(STALLED_MS)
  assert.equal((await answers).at(-1)?.kind, 'failure', 'awake, it may not be silent for ever')
})

test('a damaged file is told of at once, and the next request looks at it again', async () => {
  const host_ = hostWith([worker({starts: false, code: 'damaged'}), worker()])
  const failure = (await ask(host_, '1')).at(-1)
  assert.ok(failure?.kind === 'failure')
  assert.deepEqual([failure.code, failure.hint], ['damaged', 'reinstall'])
  assert.equal((await ask(host_, '2')).at(-1)?.kind, 'result')
  await host_.release()
})

test('wrong numbers are tried again with the whole runtime, and are no answer then', async (context) => {
  context.mock.method(console, 'warn', () => {})
  const engines = [1, 2].map(() => worker({starts: false, code: 'wrong_numbers'}))
  const host_ = hostWith(engines)
  const failure = (await ask(host_, '1')).at(-1)
  assert.ok(failure?.kind === 'failure')
  assert.equal(failure.code, 'wrong_numbers')
  assert.deepEqual(
    engines.map(({whole}) => whole),
    [false, true],
  )
})
