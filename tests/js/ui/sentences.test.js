// The side panel's rows: their order and the files that they are saved to.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {nth} from '../support/nth.js'
import {scoreOf, sorted, toCsv, toJson} from '../../../extension/ui/side-panel/sentences.js'

const LABELS = ['joy', 'fear']

/**
 * @param {number} number
 * @param {string} text
 * @param {string | null} label
 * @param {number[]} scores
 */
function row(number, text, label, scores) {
  return {
    number,
    text,
    prediction: {
      label,
      labels: label ? [label] : [],
      scores: scores.map((score, index) => ({label: nth(LABELS, index), score})),
    },
  }
}

const ROWS = [
  row(1, 'b', 'fear', [0.2, 0.8]),
  row(2, 'ä', null, [0.3, 0.4]),
  row(3, 'c', 'joy', [0.9, 0.1]),
  row(4, 'd', 'fear', [0, 1]),
]

/** @param {Parameters<typeof sorted>[1]} order */
function numbers(order) {
  return sorted(ROWS, order, LABELS, 'de').map(({number}) => number)
}

test('rows are sorted by number, text, label and score, and equal ones stay in the order of the text', () => {
  assert.deepEqual(numbers({column: 'number', descending: true}), [4, 3, 2, 1])
  assert.deepEqual(numbers({column: 'text', descending: false}), [2, 1, 3, 4])
  assert.deepEqual(numbers({column: 'label', descending: false}), [3, 1, 4, 2])
  assert.deepEqual(numbers({column: 'label', descending: true}), [2, 1, 4, 3])
  assert.deepEqual(numbers({column: 'score', descending: true}), [4, 3, 1, 2])
  assert.deepEqual(
    ROWS.map(({number}) => number),
    [1, 2, 3, 4],
    'the rows themselves stay as they are',
  )
})

test('a sentence without a clear label has the score of the best', () => {
  assert.equal(scoreOf(nth(ROWS, 1).prediction), 0.4)
})

test('CSV keeps commas, quotes and line breaks, and no text becomes a formula', () => {
  const rows = [
    row(1, 'He said "no", twice.\nThen', 'fear', [0.25, 0.75]),
    row(2, '=HYPERLINK("http://x.test")', null, [0.5, 0.5]),
  ]
  assert.equal(
    toCsv(rows, LABELS),
    '\uFEFFnumber,text,labels,joy,fear\r\n' +
      '1,"He said ""no"", twice.\nThen",fear,0.25,0.75\r\n' +
      '2,"\'=HYPERLINK(""http://x.test"")",,0.5,0.5\r\n',
  )
})

test('JSON says where the sentences come from, and keeps their texts as they are', () => {
  const about = {
    source: 'page',
    at: '2026-01-02T03:04:05.000Z',
    model: {name: 'tiny', version: '1.0.0'},
  }
  assert.deepEqual(JSON.parse(toJson([row(2, '=1', null, [0.5, 0.5])], about)), {
    ...about,
    sentences: [{number: 2, text: '=1', label: null, labels: [], scores: {joy: 0.5, fear: 0.5}}],
  })
})
