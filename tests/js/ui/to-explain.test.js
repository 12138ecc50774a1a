// What “Why?” explains: never another answer than the one that is shown.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {toExplain} from '../../../extension/ui/card/to-explain.js'

/** @param {string | null} label @param {number} joy @param {number} fear */
function prediction(label, joy, fear) {
  const scores = [
    {label: 'joy', score: joy},
    {label: 'fear', score: fear},
  ]
  return {label, labels: label ? [label] : [], scores}
}

/** @param {number} start @param {ReturnType<typeof prediction>} prediction */
function segment(start, prediction) {
  return {text: 0, start, end: start + 5, tokens: 3, prediction}
}

const PLAIN = segment(0, prediction(null, 0.2, 0.1))
const AFRAID = segment(5, prediction('fear', 0.4, 0.6))
const HAPPY = segment(10, prediction('joy', 0.9, 0.1))
const segments = [PLAIN, AFRAID, HAPPY]

for (const [what, whole, chosen, expected] of /** @type {const} */ ([
  ['a text by its strongest sentence', prediction('joy', 0.5, 0.3), undefined, [HAPPY, 'joy']],
  [
    'the label of the text, not of a sentence',
    prediction('fear', 0.3, 0.5),
    undefined,
    [AFRAID, 'fear'],
  ],
  ['no text without a clear answer', prediction(null, 0.4, 0.4), undefined, null],
  ['the sentence that is shown', prediction('joy', 0.5, 0.3), AFRAID, [AFRAID, 'fear']],
  [
    'a sentence of a text without a clear answer',
    prediction(null, 0.4, 0.4),
    HAPPY,
    [HAPPY, 'joy'],
  ],
  ['no sentence without a clear answer', prediction('joy', 0.5, 0.3), PLAIN, null],
])) {
  test(`“Why?” explains ${what}`, () => {
    const found = toExplain({prediction: whole, segments}, chosen)
    assert.deepEqual(found && [found.segment, found.label], expected)
  })
}

test('a single sentence that only just carries the text is explained by the label of the text', () => {
  const found = toExplain({prediction: prediction('joy', 0.5, 0.3), segments: [AFRAID]}, undefined)
  assert.equal(found?.label, 'joy')
})
