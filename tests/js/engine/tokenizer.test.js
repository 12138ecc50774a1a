import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
import {createTokenizer} from '../../../extension/engine/tokenizer.js'

const loadLibrary = () =>
  // @ts-expect-error - the path leads past the package's types
  import('../../../tools/node_modules/@huggingface/tokenizers/dist/tokenizers.mjs')
const read = (/** @type {string} */ name) =>
  readFileSync(new URL(`tokenizers/${name}`, import.meta.url), 'utf8')
const open = (/** @type {'bpe' | 'unigram'} */ kind) =>
  createTokenizer({kind, vocabulary: 'tokenizer.json'}, read(`${kind}.json`), loadLibrary)

for (const kind of /** @type {const} */ (['bpe', 'unigram'])) {
  test(`${kind} gives the ids of the reference`, async () => {
    const tokenizer = await open(kind)
    for (const {text, ids} of JSON.parse(read(`${kind}-oracle.json`))) {
      const {inputIds, attentionMask, offsets, truncated} = tokenizer.encode(text)
      assert.deepEqual([...inputIds], ids, JSON.stringify(text))
      assert.deepEqual(
        [attentionMask.length, offsets.length, truncated],
        [ids.length, 2 * ids.length, false],
      )
    }
  })

  test(`${kind} cuts a text that is too long, keeps the token that closes it, and says so`, async () => {
    const tokenizer = await open(kind)
    const whole = tokenizer.encode('The delivery was late').inputIds
    const {inputIds, truncated} = tokenizer.encode('The delivery was late', {maxLength: 4})
    assert.deepEqual([...inputIds], [...whole.slice(0, 3), whole[whole.length - 1]])
    assert.equal(truncated, true)
  })

  test(`${kind} tells where words begin`, async () => {
    const text = 'The delivery was late'
    const {offsets} = (await open(kind)).encode(text)
    const starts = new Set(
      Array.from({length: offsets.length / 2 - 2}, (_, index) => offsets[2 * (index + 1)]),
    )
    for (const word of ['delivery', 'was', 'late']) assert.ok(starts.has(text.indexOf(word)), word)
  })
}

test('WordPiece needs no library', async () => {
  const special = {token: '[X]', id: 0}
  const spec = /** @type {import('../../../extension/engine/tokenizer.js').TokenizerSpec} */ ({
    kind: 'wordpiece',
    vocabulary: 'vocab.txt',
    lowercase: true,
    strip_accents: null,
    handle_chinese_chars: true,
    clean_text: true,
    continuing_prefix: '##',
    max_word_chars: 10,
    special_tokens: {unk: special, cls: special, sep: special, pad: special},
    added_tokens: [],
  })
  const tokenizer = await createTokenizer(spec, '[X]\nfine\n', () =>
    assert.fail('the library was loaded'),
  )
  assert.deepEqual([...tokenizer.encode('Fine').inputIds], [0, 1, 0])
})

test('a kind of tokenizer that is not known is refused', async () => {
  await assert.rejects(
    createTokenizer(/** @type {any} */ ({kind: 'char'}), '', assert.fail),
    /char/,
  )
})
