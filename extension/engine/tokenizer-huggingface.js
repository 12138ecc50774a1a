// Byte-level BPE (RoBERTa), Unigram (XLM-RoBERTa), and WordPiece with rules that
// tokenizer-wordpiece.js lacks, by Hugging Face's own library, in the shape that the engine works
// with.

import {createPrecompiledNormalizer} from './precompiled-normalizer.js'

/**
 * The `tokenizer` entry of model.json. `vocabulary` names a tokenizer.json, which says all else.
 * @typedef {{kind: 'bpe' | 'unigram' | 'wordpiece_json', vocabulary: string}} HuggingFaceSpec
 * @typedef {typeof import('@huggingface/tokenizers')} Library
 * @typedef {import('./types.js').Encoding} Encoding
 * @typedef {import('./types.js').Tokenizer} Tokenizer
 */

const SPACE_MARKS = /^[Ġ▁]+/ // how byte-level BPE and Metaspace write the space before a word
const REACH = 64 // UTF-16 units within which a token's own letters are looked for in the text

/**
 * @param {string} description  The contents of tokenizer.json; builder model import made sure that
 *   it frames a text with one token each.
 * @param {Library} library
 * @returns {Tokenizer}
 */
export function createHuggingFaceTokenizer(description, {Tokenizer}) {
  const tokenizer = new Tokenizer(JSON.parse(description), {})
  setPrecompiled(tokenizer.normalizer)
  return {
    // the time for characters that no Unigram vocabulary has grows with their square
    atOnce: 2 ** 11,
    encode(text, {maxLength = Infinity} = {}) {
      const source = text.toWellFormed() // a lone surrogate is U+FFFD to the reference
      const {ids, tokens} = tokenizer.encode(source)
      const truncated = ids.length > maxLength
      const kept = truncated ? [...ids.slice(0, maxLength - 1), ids[ids.length - 1]] : ids
      return {
        inputIds: Int32Array.from(kept),
        attentionMask: new Int32Array(kept.length).fill(1),
        tokenTypeIds: new Int32Array(kept.length),
        offsets: places(source, tokens.slice(1, kept.length - 1)),
        truncated,
      }
    },
  }
}

/**
 * The library takes NFKC for what a precompiled table says, which differs in thousands of
 * characters: https://github.com/huggingface/tokenizers.js, src/core/normalizer/Precompiled.ts.
 * @param {any} normalizer  The library's, or none.
 */
function setPrecompiled(normalizer) {
  for (const part of normalizer?.normalizers ?? []) setPrecompiled(part)
  if (normalizer?.config?.type === 'Precompiled' && normalizer.charsmap)
    normalizer.normalize = createPrecompiledNormalizer(normalizer.charsmap)
}

/**
 * The places of tokens in the text, found by their own letters: the library does not give them. A
 * token whose letters are not in the text (bytes of a character, what normalization changed) gets a
 * place without length, where the one before it ended.
 * @param {string} text @param {string[]} tokens  Without the two that frame the text.
 */
function places(text, tokens) {
  const folded = text.toLowerCase().length === text.length ? text.toLowerCase() : text
  const offsets = new Int32Array(2 * (tokens.length + 2))
  let end = 0
  tokens.forEach((token, index) => {
    const letters = token.replace(SPACE_MARKS, '').toLowerCase()
    const found = letters ? folded.slice(end, end + REACH + letters.length).indexOf(letters) : -1
    const start = end + Math.max(found, 0)
    if (found >= 0) end = start + letters.length
    offsets.set([start, end], 2 * (index + 1))
  })
  return offsets
}
