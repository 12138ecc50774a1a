// The worker's queue with a classifier that scores by the text itself: “a” is label a, “b” label b,
// and so on.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {asWorkerFailure, createQueue} from '../../../extension/engine/queue.js'
import {toPrediction} from '../../../extension/engine/scores.js'

/** @typedef {import('../../../extension/engine/queue.js').QueueMessage} QueueMessage */

/** @type {Parameters<typeof toPrediction>[1]} */
const spec = {
  labels: [{id: 'a'}, {id: 'b'}],
  activation: 'softmax_with_none',
  thresholds: null,
  min_score: 0.5,
}

/**
 * A clock that no machine is too slow for: only work and a look at it move it on.
 * @param {import('node:test').TestContext} context
 */
function ownClock(context) {
  let ms = 0
  context.mock.method(performance, 'now', () => (ms += 0.01))
  return {
    /** Work that takes so long. @param {number} work */
    spend(work) {
      ms += work
    },
  }
}

/**
 * A token a character; a window for every ten of them.
 * @param {{during?: (content: string) => void, prepared?: (text: string) => void}} [options]
 */
function start({during = () => {}, prepared = () => {}} = {}) {
  /** @type {QueueMessage[]} */ const told = []
  /** @type {string[]} */ const runs = []
  /** @type {Map<string, (message: QueueMessage) => void>} */ const ends = new Map()
  const classifier = {
    atOnce: 2 ** 14,
    /** @param {string} text */
    prepare(text) {
      prepared(text)
      const parts = text.match(/.{1,10}/gs) ?? []
      return {
        tokens: text.length,
        windows: parts.map((part) => ({
          ids: Int32Array.from(part, (char) => char.charCodeAt(0)),
          own: part.length,
        })),
      }
    },
    /** @param {{ids: Int32Array}} window */
    async score({ids}) {
      const content = String.fromCharCode(...ids)
      runs.push(content)
      during(content)
      if (content.startsWith('x')) throw new Error('cannot read this')
      return ['A', 'B'].map((label) => (content.toUpperCase().includes(label) ? 1 : 0))
    },
  }
  const queue = createQueue({
    classifier,
    toPrediction: (scores) => toPrediction(scores, spec),
    tell(message) {
      told.push(message)
      if (message.kind === 'failed') ends.get(message.id)?.(message)
      if (message.kind === 'done') ends.get(message.id)?.({...message, segments: all(message.id)})
    },
  })
  /** Those of the end, and those before it. @param {string} id */
  const all = (id) =>
    told.flatMap((message) => (message.id === id && 'segments' in message ? message.segments : []))
  /**
   * Answers with how it ended, all its segments included.
   * @param {string} id
   * @param {string[]} texts
   * @param {Partial<import('../../../extension/shared/messages.js').Work>} [options]
   */
  const add = (id, texts, options) =>
    new Promise((/** @type {(message: QueueMessage) => void} */ resolve) => {
      ends.set(id, resolve)
      queue.add({id, texts, detail: 'segments', priority: 'user', remember: false, ...options})
    })
  return {queue, add, told, runs}
}

test('the prediction on a text weighs its sentences by their tokens; what is none of the labels counts as such', async () => {
  const {add} = start()
  const done = await add('1', ['Aaa. Bbbbbb. Zz.'])
  assert.ok(done.kind === 'done')
  assert.deepEqual(
    done.segments.map(({start, end, prediction}) => [start, end, prediction.label]),
    [
      [0, 4, 'a'],
      [5, 12, 'b'],
      [13, 16, null],
    ],
  )
  assert.deepEqual(done.prediction.scores, [
    {label: 'a', score: 4 / 14},
    {label: 'b', score: 7 / 14},
  ])
  assert.equal(done.prediction.label, 'b')
  assert.equal(done.tokens, 14)
})

test('a sentence that comes again, in whichever text, is classified once and told at each of its places', async () => {
  const {add, runs} = start()
  const done = await add('1', ['Aa. Bb. Aa.', 'Aa.'])
  assert.ok(done.kind === 'done')
  assert.deepEqual(
    done.segments.map(({text, start, prediction}) => [text, start, prediction.label]),
    [
      [0, 0, 'a'],
      [0, 4, 'b'],
      [0, 8, 'a'],
      [1, 0, 'a'],
    ],
  )
  assert.deepEqual(runs, ['Aa.', 'Bb.'])
})

test('a sentence of an earlier request is not classified again, and counts as if it were', async () => {
  const {add, runs} = start()
  await add('1', ['Aaa. Bb.'], {remember: true})
  const done = await add('2', ['Zz. Bb. Aaa. Az.'], {remember: true})
  const fresh = await start().add('2', ['Zz. Bb. Aaa. Az.'])
  assert.deepEqual(runs, ['Aaa.', 'Bb.', 'Zz.', 'Az.'])
  assert.ok(done.kind === 'done' && fresh.kind === 'done')
  assert.deepEqual({...done, from: 0, ms: 0}, {...fresh, from: 0, ms: 0})
})

test('a request of which every sentence is known is answered without a run, and those behind it go on', async () => {
  const {add, runs} = start()
  await add('1', ['Aa. Bb.'], {remember: true})
  const [again, other] = await Promise.all([
    add('2', ['Bb. Aa.'], {remember: true}),
    add('3', ['Az.'], {remember: true}),
  ])
  assert.deepEqual(runs, ['Aa.', 'Bb.', 'Az.'])
  assert.ok(again.kind === 'done' && other.kind === 'done')
  assert.deepEqual(
    again.segments.map(({prediction}) => prediction.label),
    ['b', 'a'],
  )
})

test('what may not be remembered is neither kept nor answered from what is', async () => {
  const {add, runs} = start()
  await add('private', ['Aa.'])
  await add('1', ['Aa.'], {remember: true})
  await add('private again', ['Aa.'])
  assert.deepEqual(runs, ['Aa.', 'Aa.', 'Aa.'])
})

test('with detail “overall” a text is one segment, however many sentences it has', async () => {
  const {add} = start()
  const done = await add('1', ['Aa. Bb.', 'Aa.'], {detail: 'overall'})
  assert.ok(done.kind === 'done')
  assert.deepEqual(
    done.segments.map(({text, start, end}) => [text, start, end]),
    [
      [0, 0, 7],
      [1, 0, 3],
    ],
  )
})

test('segments are told in order while the work goes on, with progress within a long one', async (context) => {
  const clock = ownClock(context)
  const {add, told} = start({during: () => clock.spend(60)})
  const done = await add('1', ['Aa. Bb. ' + 'Z'.repeat(25)])
  assert.ok(done.kind === 'done')
  const partials = told.filter((message) => message.kind === 'partial')
  const end = {from: done.from, segments: done.segments.slice(done.from)}
  const pieces = [...partials, end].flatMap(({from, segments}) =>
    segments.map(({start}, index) => [from + index, start]),
  )
  assert.deepEqual(pieces, [
    [0, 0],
    [1, 4],
    [2, 8],
  ])
  assert.ok(done.from >= 2)
  const progress = told
    .filter((message) => message.kind === 'progress')
    .map(({done, total}) => ({done, total}))
  assert.ok(
    progress.some(({done}) => done > 2 && done < 3),
    JSON.stringify(progress),
  )
  assert.equal(progress.at(-1)?.total, 3) // before, those found so far
})

test('a long text tells how far it is from the start, and each of its sentences once', async (context) => {
  const clock = ownClock(context)
  const {add, told} = start({during: () => clock.spend(1)})
  const sentences = 3000
  const text = Array.from({length: sentences}, (_, index) => `Z ${index % 100}.`).join(' ')
  const done = await add('1', [text])
  assert.ok(done.kind === 'done')
  const progress = told.filter((message) => message.kind === 'progress')
  assert.ok((progress[0]?.total ?? 0) > 0)
  assert.ok(progress.every(({total}, index) => total >= (progress[index - 1]?.total ?? 0)))
  const starts = told
    .filter((message) => message.kind === 'partial' || message.kind === 'done')
    .flatMap(({segments}) => segments.map(({start}) => start))
  assert.equal(starts.length, sentences)
  assert.deepEqual(
    starts,
    starts.toSorted((a, b) => a - b),
  )
})

test('a text without an end is read in parts that are tokenized one at a time', async () => {
  const lengths = /** @type {number[]} */ ([])
  const {add} = start({prepared: ({length}) => lengths.push(length)})
  const done = await add('1', ['z'.repeat(100_000)], {detail: 'overall'})
  assert.ok(done.kind === 'done')
  assert.equal(done.tokens, 100_000)
  assert.equal(done.segments.length, 1)
  assert.ok(Math.max(...lengths) <= 2 ** 14, String(lengths))
})

test('a short text waits neither for a long one that a reader asked for before, nor a page for ever', async (context) => {
  const clock = ownClock(context)
  /** @type {Promise<QueueMessage>[]} */ const others = []
  const {add, runs, told} = start({
    during(content) {
      clock.spend(20)
      if (content === 'Z 80.') others.push(add('short', ['Aa.']))
      if (content === 'Z 60.') others.push(add('page', ['Bb. Bbb.'], {priority: 'page'}))
    },
  })
  const text = Array.from({length: 100}, (_, index) => `Z ${index}.`).join(' ')
  await add('long', [text])
  await Promise.all(others)
  assert.equal(runs.indexOf('Aa.'), runs.indexOf('Z 80.') + 1)
  assert.ok(runs.indexOf('Bbb.') < runs.indexOf('Z 70.'), String(runs))
  assert.deepEqual(
    told.filter(({kind}) => kind === 'done').map(({id}) => id),
    ['page', 'short', 'long'],
  )
})

test('what a reader asks overtakes a page between two runs, and the page goes on after it', async () => {
  /** @type {Promise<QueueMessage> | undefined} */ let reader
  const {add, runs} = start({
    during(content) {
      if (content === 'Zz.') reader ??= add('user', ['Aa.'])
    },
  })
  const page = await add('page', ['Zz. Zzz. Zzzz.'], {priority: 'page'})
  await reader
  assert.deepEqual(runs, ['Zz.', 'Aa.', 'Zzz.', 'Zzzz.'])
  assert.ok(page.kind === 'done')
  assert.equal(page.segments.length, 3)
})

test('a text that is classified for a reader while a page is halfway through it counts once on the page', async () => {
  const text = 'Z'.repeat(15)
  /** @type {Promise<QueueMessage> | undefined} */ let reader
  const {add, runs} = start({
    during() {
      reader ??= add('user', [text], {remember: true})
    },
  })
  const page = await add('page', [text, 'Aa.'], {priority: 'page', remember: true})
  await reader
  assert.deepEqual(
    runs.map(({length}) => length),
    [10, 10, 5, 5, 3],
  )
  assert.ok(page.kind === 'done')
  assert.deepEqual(
    page.segments.map(({text, tokens}) => [text, tokens]),
    [
      [0, 15],
      [1, 3],
    ],
  )
})

test('a cancelled request stops between two runs and is not told of again', async () => {
  const {queue, add, runs, told} = start({
    during(content) {
      if (content === 'Zz.') queue.cancel('1')
    },
  })
  void add('1', ['Zz. Zzz. Zzzz.'])
  await add('2', ['Aa.'])
  assert.deepEqual(runs, ['Zz.', 'Aa.'])
  assert.deepEqual(
    told.map(({id}) => id),
    ['2'],
  )
})

test('while runs are short, messages are let in every few milliseconds', async () => {
  const {port1, port2} = new MessageChannel()
  const {queue, add, runs} = start({
    during(content) {
      if (content === 'Z 0.') port2.postMessage(null)
      for (const begin = performance.now(); performance.now() - begin < 1;);
    },
  })
  const other = new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close()
      queue.cancel('page')
      resolve(add('user', ['Aa.']))
    }
  })
  void add(
    'page',
    Array.from({length: 300}, (_, index) => `Z ${index}.`),
    {priority: 'page'},
  )
  await other
  assert.ok(runs.length < 100, String(runs.length))
})

test('a request that fails does not take the others with it', async () => {
  const {add} = start()
  const [bad, good] = await Promise.all([add('bad', ['x']), add('good', ['Aa.'])])
  assert.deepEqual(bad, {kind: 'failed', id: 'bad', message: 'cannot read this', trapped: false})
  assert.equal(good.kind, 'done')
})

test('a trap of the runtime is told from other errors, also where the runtime tells of it in words', () => {
  const trap = new WebAssembly.RuntimeError('unreachable')
  assert.deepEqual(asWorkerFailure(trap), {message: 'unreachable', trapped: true})
  assert.equal(
    asWorkerFailure(new Error(`no available backend found. ERR: [wasm] ${trap}`)).trapped,
    true,
  )
  assert.deepEqual(asWorkerFailure('no'), {message: 'no', trapped: false})
})
