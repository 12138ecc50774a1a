// Which number of threads wins, with workers whose times are given.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {nth} from '../support/nth.js'
import {calibrate} from '../../../extension/host/thread-tuning.js'
import {messages, stopClock} from './support.js'

/** @typedef {import('../../../extension/host/worker-slot.js').WorkerLike} WorkerLike */

const STALLED_MS = 30_000

/**
 * A worker that is ready once it is heard, and takes for its n-th run what `times` gives; for null
 * it fails, for undefined it is silent.
 * @param {(run: number) => number | null | undefined} times
 * @param {boolean} [starts]
 * @param {boolean} [trapped]  Of what fails.
 */
function worker(times, starts = true, trapped = false) {
  /** @type {any} */ let hear = null
  const state = {runs: 0, ended: false, silent: () => {}}
  const tell = (/** @type {object} */ data) =>
    queueMicrotask(() => {
      if (!state.ended) hear?.({data})
    })
  const made = {
    onerror: null,
    get onmessage() {
      return hear
    },
    set onmessage(listener) {
      if (hear === null)
        tell(starts ? {kind: 'ready', threads: 1} : {kind: 'broken', message: 'no memory', trapped})
      hear = listener
    },
    postMessage(/** @type {{id: string, remember: boolean}} */ {id, remember}) {
      assert.equal(remember, false)
      const infer = times(state.runs++)
      if (infer === undefined) state.silent()
      else
        tell(
          infer === null
            ? {kind: 'failed', id, message: 'no', trapped}
            : {kind: 'done', id, ms: {queue: 0, tokenize: 1, infer}},
        )
    },
    terminate() {
      state.ended = true
    },
  }
  return Object.assign(state, {worker: /** @type {WorkerLike} */ (/** @type {unknown} */ (made))})
}

const steady = (/** @type {number} */ ms) => worker(() => ms)

/**
 * @param {ReturnType<typeof worker>[]} workers  With 1 thread, 2, 4 and so on.
 * @param {{most?: number, signal?: AbortSignal}} [parts]
 */
async function run(workers, {most = 16, signal = new AbortController().signal} = {}) {
  /** @type {number[]} */ const started = []
  /** @type {number[]} */ const better = []
  const [best, ...others] = workers
  const found = await calibrate({
    best: {worker: best?.worker ?? assert.fail('there is no worker'), threads: 1},
    most,
    signal,
    start(threads) {
      started.push(threads)
      return (others.shift() ?? assert.fail(`${threads} threads were tried`)).worker
    },
    onBetter: ({threads}) => {
      better.push(threads)
    },
  })
  return {found, started, better}
}

test('threads are doubled for as long as that wins, and what lost is ended', async () => {
  const workers = [steady(40), steady(20), steady(12), steady(11.9)]
  assert.deepEqual(await run(workers), {found: 4, started: [2, 4, 8], better: [2, 4]})
  assert.deepEqual(
    workers.map(({ended}) => ended),
    [false, false, false, true],
    'the winner is the host’s, and so is who won before',
  )
})

test('no more threads are tried than the device has cores', async () => {
  assert.deepEqual(await run([steady(40), steady(20)], {most: 3}), {
    found: 2,
    started: [2],
    better: [2],
  })
  assert.deepEqual(await run([steady(40)], {most: 1}), {found: 1, started: [], better: []})
})

test('what is faster by less than a tenth does not win', async () => {
  assert.equal((await run([steady(99), steady(90)])).found, 1)
  assert.equal((await run([steady(99), steady(88), steady(88)])).found, 2)
})

test('a better median is not enough where a third of the pairs is slower', async () => {
  const noisy = worker((number) => (number % 3 === 2 ? 80 : 10))
  assert.equal((await run([steady(40), noisy])).found, 1)
  assert.equal(noisy.ended, true)
})

test('the first runs count for nothing, as browsers compile only then', async () => {
  assert.equal(
    (await run([steady(40), worker((number) => (number < 30 ? 400 : 10)), steady(10)])).found,
    2,
  )
})

test('both are asked as often, and few times if they are slow', async (context) => {
  let now = 0
  context.mock.method(performance, 'now', () => {
    now += 2000
    return now
  })
  const [one, two] = [steady(2000), steady(2000)]
  assert.equal((await run([one, two])).found, 1)
  assert.equal(one.runs, two.runs)
  assert.ok(one.runs <= 10, `${one.runs} runs`)
})

test('what cannot start, fails or is silent does not win, and is ended', async (context) => {
  context.mock.method(console, 'warn', () => {})
  const clock = stopClock(context)
  for (const other of [
    worker(() => 1, false),
    worker((number) => (number < 5 ? 1 : null)),
    worker((number) => (number < 5 ? 1 : undefined)),
  ]) {
    const running = run([steady(40), other])
    await clock.pass(STALLED_MS)
    assert.equal((await running).found, 1)
    assert.equal(other.ended, true)
  }
})

test('a failure of the worker that answers is an error, and what was tried is ended', async () => {
  const other = steady(1)
  await assert.rejects(run([worker((number) => (number < 5 ? 1 : null)), other]), {message: 'no'})
  assert.equal(other.ended, true)
})

test('a signal ends it at once: what is tried is ended, and nobody is asked any more', async () => {
  for (const which of [0, 1]) {
    const controller = new AbortController()
    const workers = [steady(40), steady(20)]
    workers[which] = worker((number) => (number < 5 ? 10 : undefined))
    const silent = new Promise((resolve) => {
      nth(workers, which).silent = () => resolve(undefined)
    })
    const running = run(workers, {signal: controller.signal})
    await silent
    controller.abort(new Error('somebody asks'))
    assert.equal(workers[1]?.ended, true)
    const runs = workers.map((worker) => worker.runs)
    await assert.rejects(running, {message: 'somebody asks'})
    await messages()
    assert.deepEqual(
      workers.map((worker) => worker.runs),
      runs,
    )
  }
})

test('a worker that lacks a part of the runtime is not slower: nothing is found out', async () => {
  for (const challenger of [
    worker(() => 1, false, true),
    worker(() => null, true, true),
    worker((run) => (run < 5 ? 20 : null), true, true),
  ]) {
    const workers = [steady(40), challenger]
    await assert.rejects(run(workers), {trapped: true})
    assert.deepEqual(
      workers.map(({ended}) => ended),
      [false, true],
    )
  }
})
