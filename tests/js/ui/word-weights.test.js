// Which words carry an answer, from scores of the text without them.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {MAX_PARTS, partsOf, weigh, withoutEach} from '../../../extension/ui/lib/word-weights.js'

/** @param {string} text @param {string} [locale] */
const words = (text, locale) => partsOf(text, locale).map(({start, end}) => text.slice(start, end))

test('a text falls into its words, whatever the language, and emoji count', () => {
  assert.deepEqual(words("I don't care, really!"), ['I', "don't", 'care', 'really'])
  assert.deepEqual(words('Great 🎉 day'), ['Great', '🎉', 'day'])
  assert.ok(words('今日は雨です。', 'ja').length > 1)
  assert.deepEqual(words(' … !'), [])
})

test('many words are left out in groups, so that there are never too many runs', () => {
  const text = Array.from({length: 500}, (_, number) => `word${number}`).join(' ')
  const parts = partsOf(text)
  assert.ok(parts.length <= MAX_PARTS)
  assert.equal(parts[0]?.start, 0)
  assert.equal(parts.at(-1)?.end, text.length)
})

test('the text is asked again without each part, and never as nothing', () => {
  const text = 'so very sad'
  assert.deepEqual(withoutEach(text, partsOf(text)), ['very sad', 'so sad', 'so very'])
  assert.deepEqual(withoutEach('sad', partsOf('sad')), [' '])
})

test('the part whose absence lowers the score most weighs 1, one that speaks against it less than 0', () => {
  const parts = partsOf('not very sad')
  const weights = weigh(parts, 0.8, [0.9, 0.78, 0.1]).map(({weight}) => weight)
  assert.equal(weights[2], 1)
  assert.ok((weights[0] ?? 0) < 0)
  assert.ok((weights[1] ?? 0) > 0 && (weights[1] ?? 0) < 0.2)
})

test('changes as small as 8-bit noise weigh nothing, and scores of 0 and 1 are no obstacle', () => {
  const parts = partsOf('a b')
  assert.deepEqual(
    weigh(parts, 0.5, [0.5, 0.501]).map(({weight}) => weight),
    [0, 0],
  )
  assert.deepEqual(
    weigh(parts, 1, [1, 0]).map(({weight}) => weight),
    [0, 1],
  )
})
