// A model's tokenizer, of the kind that its model.json names.

import {createHuggingFaceTokenizer} from './tokenizer-huggingface.js'
import {createWordPieceTokenizer} from './tokenizer-wordpiece.js'

/**
 * @typedef {import('./tokenizer-wordpiece.js').WordPieceSpec |
 *   import('./tokenizer-huggingface.js').HuggingFaceSpec} TokenizerSpec
 * @typedef {import('./types.js').Tokenizer} Tokenizer
 */

/**
 * @param {TokenizerSpec} spec  The `tokenizer` entry of model.json.
 * @param {string} vocabulary  The contents of the file that it names.
 * @param {() => Promise<import('./tokenizer-huggingface.js').Library>} loadLibrary  Called only for
 *   a kind that needs it: the library ships
 *   with such a model alone.
 * @returns {Promise<Tokenizer>}
 * @throws {Error} if the spec is of a kind that is not known.
 */
export async function createTokenizer(spec, vocabulary, loadLibrary) {
  switch (spec.kind) {
    case 'wordpiece':
      return createWordPieceTokenizer(spec, vocabulary)
    case 'bpe':
    case 'unigram':
    case 'wordpiece_json':
      return createHuggingFaceTokenizer(vocabulary, await loadLibrary())
    default:
      throw new Error(
        `Tokenizer kind “${/** @type {{kind: string}} */ (spec).kind}” is not known here`,
      )
  }
}
