// A page view's job, between a page and an engine that answer as they are told to.
import assert from 'node:assert/strict'
import {afterEach, beforeEach, mock, test} from 'node:test'
import {Failure} from '../../../extension/shared/failures.js'
import {createJob} from '../../../extension/ui/lib/page-view/job.js'
import {placeAmong, summarize} from '../../../extension/ui/lib/page-view/summary.js'

/** @typedef {import('../../../extension/shared/page-view.js').PageReport} PageReport */

const LABELS = ['joy', 'fear']
const TINTS = LABELS.map(() => ({light: '#000', dark: '#fff'}))

/** @param {string | null} label */
function prediction(label) {
  return {
    label,
    labels: label ? [label] : [],
    scores: LABELS.map((one) => ({label: one, score: one === label ? 0.9 : 0.1})),
  }
}

/** A segment a text; its label is its first word, if that is one. @param {string[]} texts */
function segments(texts) {
  return texts.map((text, index) => ({
    text: index,
    start: 0,
    end: text.length,
    tokens: 1,
    prediction: prediction(LABELS.find((label) => text.startsWith(label)) ?? null),
  }))
}

/**
 * @param {import('../../../extension/ui/lib/page-view/job.js').Classify} classify
 * @param {boolean} [follow]
 */
function setUp(classify, follow = false) {
  /** @type {any[]} */ const orders = []
  /** @type {(report: PageReport) => void} */ let report = () => {}
  /** @type {() => void} */ let end = () => {}
  const link = {
    send: (/** @type {unknown} */ order) => {
      orders.push(order)
    },
    receive: (/** @type {typeof report} */ take) => {
      report = take
    },
    ended: (/** @type {typeof end} */ then) => {
      end = then
    },
  }
  const job = createJob({link, classify, labels: LABELS, tints: TINTS, follow, changed: () => {}})
  return {job, orders, report: (/** @type {PageReport} */ one) => report(one), end: () => end()}
}

/** @type {import('../../../extension/ui/lib/page-view/job.js').Classify} */
const honest = async (texts, {onProgress, onPartial}) => {
  onProgress({phase: 'classifying', done: 0, total: texts.length})
  onPartial({segments: segments(texts).slice(0, 1)})
  return {segments: segments(texts)}
}

beforeEach(() => mock.timers.enable({apis: ['setTimeout']}))
afterEach(() => mock.timers.reset())

/** Until all that was answered is painted. */
async function settled() {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise(setImmediate)
    mock.timers.tick(80)
  }
}

test('sentences with a clear label are painted at their place, and the others are not', async () => {
  const {job, orders, report} = setUp(honest)
  report({kind: 'blocks', from: 0, texts: ['joy to all', 'a plain one'], last: false})
  report({kind: 'blocks', from: 2, texts: ['fear of all'], last: true})
  await settled()
  assert.equal(job.state.phase, 'done')
  assert.deepEqual(orders.slice(0, 2), [
    {kind: 'tint', tints: TINTS},
    {kind: 'read', follow: false},
  ])
  assert.deepEqual(
    orders.filter(({kind}) => kind === 'paint').flatMap(({marks}) => marks),
    [
      {mark: 0, block: 0, start: 0, end: 10, group: 0},
      {mark: 2, block: 2, start: 0, end: 11, group: 1},
    ],
  )
  assert.deepEqual(
    job.state.sentences.map(({text}) => text),
    ['joy to all', 'a plain one', 'fear of all'],
  )
})

test('what an engine that had to begin again tells twice is taken once', async () => {
  const {job, report} = setUp(async (texts, {onPartial}) => {
    onPartial({segments: segments(texts).slice(0, 1)})
    onPartial({segments: segments(texts)})
    return {segments: segments(texts)}
  })
  report({kind: 'blocks', from: 0, texts: ['joy', 'fear'], last: true})
  await settled()
  assert.deepEqual(
    job.state.sentences.map(({text}) => text),
    ['joy', 'fear'],
  )
})

test('after a stop nothing is added, and going on reads what is left and nothing twice', async () => {
  /** @type {string[][]} */ const asked = []
  const {job, report} = setUp(async (texts, {onPartial, signal}) => {
    asked.push(texts)
    onPartial({segments: segments(texts.slice(0, 2))})
    await new Promise((resolve) => setTimeout(resolve, 5))
    signal.throwIfAborted()
    return {segments: segments(texts)}
  })
  report({kind: 'blocks', from: 0, texts: ['joy 1', 'joy 2', 'joy 3', 'joy 4'], last: true})
  job.stop()
  await settled()
  assert.equal(job.state.phase, 'stopped')
  assert.equal(job.state.sentences.length, 2)
  job.goOn()
  await settled()
  assert.equal(job.state.phase, 'done')
  assert.deepEqual(
    asked[1],
    ['joy 2', 'joy 3', 'joy 4'],
    'the block that was being read may not have been read to its end',
  )
  assert.deepEqual(
    job.state.sentences.map(({text}) => text),
    ['joy 1', 'joy 2', 'joy 3', 'joy 4'],
  )
})

test('a failure is kept for the reader, and trying again goes on from there', async () => {
  let broken = true
  const {job, report} = setUp(async (texts, options) => {
    if (broken) throw new Failure('start_failed', 'no memory')
    return honest(texts, options)
  })
  report({kind: 'blocks', from: 0, texts: ['joy'], last: true})
  await settled()
  assert.equal(job.state.phase, 'failed')
  assert.equal(job.state.failure?.code, 'start_failed')
  broken = false
  job.goOn()
  await settled()
  assert.equal(job.state.phase, 'done')
  assert.equal(job.state.failure, null)
})

test('text that the page adds later is read after the rest', async () => {
  const {job, report} = setUp(honest, true)
  report({kind: 'blocks', from: 0, texts: ['joy'], last: true})
  await settled()
  report({kind: 'blocks', from: 1, texts: ['fear'], last: true})
  await settled()
  assert.equal(job.state.phase, 'done')
  assert.deepEqual(
    job.state.sentences.map(({block}) => block),
    [0, 1],
  )
})

test('a page without text says so, and a page that goes away ends the view', async () => {
  const {job, report, end} = setUp(honest)
  report({kind: 'blocks', from: 0, texts: [], last: true})
  assert.equal(job.state.phase, 'empty')
  end()
  assert.equal(job.state.phase, 'gone')
})

test('labels are shown alone, together, and all again when none is left', () => {
  const {job, orders} = setUp(honest)
  job.toggle('fear')
  job.toggle('joy')
  job.toggle('fear')
  job.toggle('joy')
  assert.deepEqual(
    orders.filter(({kind}) => kind === 'filter').map(({groups}) => groups),
    [[1], [1, 0], [0], null],
  )
  assert.equal(job.state.shown, null)
})

test('shares are of the sentences that have a clear label', () => {
  const sentences = ['joy', 'joy', 'fear', null, null].map((label) => ({prediction: {label}}))
  const {clear, unclear, counts} = summarize(sentences, LABELS)
  assert.deepEqual({clear, unclear}, {clear: 3, unclear: 2})
  assert.deepEqual(
    [...counts],
    [
      ['joy', {count: 2, share: 2 / 3}],
      ['fear', {count: 1, share: 1 / 3}],
    ],
  )
  assert.deepEqual(placeAmong(sentences, null, 2), {place: 3, of: 3})
  assert.deepEqual(placeAmong(sentences, new Set(['joy']), 1), {place: 2, of: 2})
})
