// Which number of threads the host uses, with workers whose times are given.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {nth} from '../support/nth.js'
import {
  ask,
  hostWith,
  QUIET_MS,
  several,
  STALLED_MS,
  stopClock,
  UNDECIDED,
  until,
  work,
  worker,
} from './support.js'

test('the fastest number of threads is found when nothing was asked for a while, kept, and used from then on', async (context) => {
  const clock = stopClock(context)
  const engines = [worker({infer: 20}), worker({infer: 10})]
  const {several: parts, kept, told} = several()
  const host_ = hostWith(engines, {...UNDECIDED, several: parts})
  host_.start()
  await clock.pass(QUIET_MS)
  assert.equal(nth(engines, 1).seen.length, 0, 'nobody has needed it yet')
  await ask(host_, '1')
  assert.equal(host_.status('').threads, 1)
  await clock.pass(QUIET_MS)
  await told
  assert.deepEqual(kept, [2])
  assert.equal(host_.status('').threads, 2)
  await nth(engines, 0).ended
  assert.deepEqual(nth(engines, 1).seen[0], {kind: 'start', threads: 2, minScore: 0.3})
  assert.equal((await ask(host_, '2')).at(-1)?.kind, 'result')
  assert.ok(nth(engines, 1).ids().includes('2'))
  await clock.pass(QUIET_MS)
  assert.deepEqual(kept, [2], 'it is measured once')
  await host_.release()
})

test('where the worker that was found to be faster gives no sign, one thread takes over what waits, from then on', async (context) => {
  context.mock.method(console, 'warn', () => {})
  const clock = stopClock(context)
  const engines = [worker({infer: 20}), worker({infer: 10}), worker()]
  const {several: parts, kept, told} = several()
  const host_ = hostWith(engines, {...UNDECIDED, several: parts})
  await ask(host_, '1')
  await clock.pass(QUIET_MS)
  await told
  host_.classify(work('slow'), ({kind}) => {
    if (kind !== 'progress') assert.fail('it was answered')
  })
  await clock.pass(STALLED_MS)
  await nth(engines, 1).ended
  await until(() => nth(engines, 2).seen.length === 2)
  assert.equal(nth(engines, 2).seen.find(({kind}) => kind === 'start').threads, 1)
  assert.deepEqual(nth(engines, 2).ids(), ['slow'])
  assert.deepEqual(kept, [2, 1])
  host_.cancel('slow')
  await host_.release()
})

test('nothing is measured while a request waits, even one that came in the quiet time', async (context) => {
  const clock = stopClock(context)
  const spare = worker()
  const host_ = hostWith([worker(), spare], {...UNDECIDED, several: several().several})
  await ask(host_, '1')
  await clock.pass(QUIET_MS - 1)
  host_.classify(work('slow'), () => {})
  await clock.pass(QUIET_MS)
  assert.equal(spare.seen.length, 0)
  host_.cancel('slow')
  await host_.release()
  spare.terminate()
})

test('who asks while threads are measured is answered by the worker that was there, and it is begun anew', async (context) => {
  const clock = stopClock(context)
  const silent = worker({starts: null})
  const engines = [worker({infer: 20}), silent, worker({infer: 20})]
  const {several: parts, kept, told} = several()
  const host_ = hostWith(engines, {...UNDECIDED, several: parts})
  await ask(host_, '1')
  await clock.pass(QUIET_MS)
  await until(() => silent.seen.length)
  assert.equal((await ask(host_, '2')).at(-1)?.kind, 'result')
  assert.deepEqual(nth(engines, 0).ids(), ['1', '2'])
  await silent.ended
  await clock.pass(QUIET_MS)
  await told
  assert.deepEqual(kept, [1])
  await nth(engines, 2).ended
  assert.equal((await ask(host_, '3')).at(-1)?.kind, 'result')
  await host_.release()
})

test('a measurement in which the worker fails that was there is no answer, and the next request gets a new one', async (context) => {
  const warn = context.mock.method(console, 'warn', () => {})
  const clock = stopClock(context)
  const spare = worker()
  const engines = [worker(), worker(), worker(), spare]
  const {several: parts, kept} = several()
  const host_ = hostWith(engines, {...UNDECIDED, several: parts})
  await ask(host_, '1')
  nth(engines, 0).fails = true
  await clock.pass(QUIET_MS)
  await until(() => warn.mock.callCount())
  await Promise.all(engines.slice(0, 2).map(({ended}) => ended))
  assert.equal(host_.status('').engine, 'off')
  assert.equal((await ask(host_, '2')).at(-1)?.kind, 'result')
  await clock.pass(QUIET_MS)
  assert.deepEqual([kept, spare.seen], [[1], []], 'nor is it tried again, by this host or another')
  await host_.release()
  spare.terminate()
})

test('a worker with more threads that lacks a part of the runtime has the measurement made again with all of it', async (context) => {
  const clock = stopClock(context)
  context.mock.method(console, 'warn', () => {})
  const engines = [
    worker({infer: 20}),
    worker({starts: false, trapped: true}),
    worker({infer: 20}),
    worker({infer: 10}),
  ]
  const {several: parts, kept, told} = several()
  const host_ = hostWith(engines, {...UNDECIDED, several: parts})
  await ask(host_, '1')
  await clock.pass(QUIET_MS)
  await Promise.all(engines.slice(0, 2).map(({ended}) => ended))
  assert.equal((await ask(host_, '2')).at(-1)?.kind, 'result')
  await clock.pass(QUIET_MS)
  await told
  assert.deepEqual(kept, [2])
  assert.deepEqual(
    engines.map(({whole}) => whole),
    [false, false, true, true],
  )
  await host_.release()
})

test('a release does not wait for a measurement', async (context) => {
  const clock = stopClock(context)
  const silent = worker({starts: null})
  const engines = [worker(), silent]
  const {several: parts, kept} = several()
  const host_ = hostWith(engines, {...UNDECIDED, several: parts})
  await ask(host_, '1')
  await clock.pass(QUIET_MS)
  await until(() => silent.seen.length)
  await host_.release()
  await Promise.all(engines.map(({ended}) => ended))
  assert.deepEqual(kept, [])
  assert.equal(host_.status('').engine, 'off')
})

test('nothing is measured where the number is decided or a page may use one thread only', async (context) => {
  const clock = stopClock(context)
  const {
    several: {keep},
    kept,
  } = several()
  for (const parts of [{several: {most: 4, keep}}, UNDECIDED]) {
    const spare = worker()
    const host_ = hostWith([worker(), spare], parts)
    await ask(host_, '1')
    await clock.pass(QUIET_MS)
    assert.deepEqual([kept, spare.seen], [[], []])
    await host_.release()
    spare.terminate()
  }
})

test('where several threads cannot be started or give no sign, one is, from then on', async (context) => {
  context.mock.method(console, 'warn', () => {})
  const clock = stopClock(context)
  for (const [id, starts] of /** @type {[string, boolean | null][]} */ ([
    ['1', false],
    ['2', null],
    ['slow', true],
  ])) {
    const engines = [worker({starts}), worker(), worker()]
    const {several: parts, kept} = several()
    const host_ = hostWith(engines, {several: parts})
    const answers = ask(host_, id)
    await clock.pass(STALLED_MS)
    if (id === 'slow') await nth(engines, 0).ended
    else assert.equal((await answers).at(-1)?.kind, 'result')
    host_.cancel(id)
    await host_.release()
    await ask(host_, '3')
    await host_.release()
    assert.deepEqual(
      engines.map(({seen}) => seen.find(({kind}) => kind === 'start').threads),
      [2, 1, 1],
    )
    assert.deepEqual(kept, [1])
  }
})

test('work that gives no sign with one thread has failed, and the next request gets a new worker', async (context) => {
  const clock = stopClock(context)
  const host_ = hostWith([worker(), worker()])
  const answers = ask(host_, 'slow')
  await clock.pass(STALLED_MS)
  const failure = (await answers).at(-1)
  assert.ok(failure?.kind === 'failure')
  assert.equal(failure.code, 'run_failed')
  assert.equal((await ask(host_, '2')).at(-1)?.kind, 'result')
  await clock.pass(2 * STALLED_MS)
  assert.equal(host_.status('').engine, 'ready', 'who waits for nothing needs no sign')
  await host_.release()
})

test("the worker starts with the reader's settings, or with ours where they cannot be read", async () => {
  const engines = [worker(), worker()]
  const first = hostWith(engines.slice(0, 1), {several: several().several})
  await ask(first, '1')
  assert.deepEqual(
    nth(engines, 0).seen.find(({kind}) => kind === 'start'),
    {kind: 'start', threads: 2, minScore: 0.3},
  )
  const second = hostWith(engines.slice(1), {
    readSettings: () => Promise.reject(new Error('no storage')),
  })
  await ask(second, '1')
  assert.equal(nth(engines, 1).seen.find(({kind}) => kind === 'start').threads, 1)
  await Promise.all([first.release(), second.release()])
})
