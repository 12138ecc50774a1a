import assert from 'node:assert/strict'
import {test} from 'node:test'
import {createWordPieceTokenizer} from '../../../extension/engine/tokenizer-wordpiece.js'

const WORDS = [
  '[PAD]',
  '[UNK]',
  '[CLS]',
  '[SEP]',
  '[MASK]',
  'fine',
  'un',
  '##fine',
  '##d',
  '!',
  'e',
  '中',
  'ss',
]
const special = (/** @type {string} */ token) => ({token, id: WORDS.indexOf(token)})
const spec =
  /** @type {import('../../../extension/engine/tokenizer-wordpiece.js').WordPieceSpec} */ ({
    kind: 'wordpiece',
    vocabulary: 'vocab.txt',
    lowercase: true,
    strip_accents: null,
    handle_chinese_chars: true,
    clean_text: true,
    continuing_prefix: '##',
    max_word_chars: 10,
    special_tokens: {
      unk: special('[UNK]'),
      cls: special('[CLS]'),
      sep: special('[SEP]'),
      pad: special('[PAD]'),
    },
    added_tokens: WORDS.slice(0, 5).map(special),
  })
const {encode} = createWordPieceTokenizer(spec, WORDS.join('\n') + '\n')

/** @param {string} text @param {{maxLength?: number}} [options] */
const tokens = (text, options) =>
  Array.from(encode(text, options).inputIds, (id) => WORDS[id]).join(' ')

test('a word is cut into the longest parts that the vocabulary has', () => {
  assert.equal(tokens('Unfined!'), '[CLS] un ##fine ##d ! [SEP]')
})

test('a word with a part that the vocabulary lacks is unknown as a whole', () => {
  assert.equal(tokens('unknown fine'), '[CLS] [UNK] fine [SEP]')
})

test('a word longer than the limit is unknown, counted in code points', () => {
  assert.equal(tokens('𝒳'.repeat(11)), '[CLS] [UNK] [SEP]')
  assert.equal(tokens('fine'.repeat(3)), '[CLS] [UNK] [SEP]')
})

test('accents go, ideographs stand alone, control characters vanish', () => {
  assert.equal(tokens('É中e\u0301\u0000e'), '[CLS] e 中 [UNK] [SEP]')
  assert.equal(tokens('fi\fne é\v中'), '[CLS] fine e 中 [SEP]')
})

test('special tokens written in the text are taken as such, in their exact form only', () => {
  assert.equal(tokens('fine[MASK]fine [mask]'), '[CLS] fine [MASK] fine [UNK] [UNK] [UNK] [SEP]')
})

test('a text longer than the limit loses its end and says so; one that just fits does not', () => {
  assert.equal(tokens('fine fine fine', {maxLength: 4}), '[CLS] fine fine [SEP]')
  assert.equal(encode('fine fine fine', {maxLength: 4}).truncated, true)
  assert.equal(encode('fine fine', {maxLength: 4}).truncated, false)
})

test('offsets lead back to the text, in UTF-16 units', () => {
  const text = '𝒳 Unfined É!'
  const {offsets} = encode(text)
  const spans = []
  for (let i = 0; i < offsets.length; i += 2) spans.push(text.slice(offsets[i], offsets[i + 1]))
  assert.deepEqual(spans, ['', '𝒳', 'Un', 'fine', 'd', 'É', '!', ''])
})

test('nothing but the frame is left of an empty text, and a lone surrogate does no harm', () => {
  assert.equal(tokens(''), '[CLS] [SEP]')
  assert.equal(tokens('\ud800fine'), '[CLS] fine [SEP]')
})
