// Reads the parts of a model from beside its model.json.

import {open as openOfPackage, readPieces} from './stream-file.js'

/**
 * model.json, as far as the engine reads it; docs/reference/model.schema.json describes all of it.
 * @typedef {object} ModelFields
 * @property {number} max_length  Tokens that the model takes, special ones included.
 * @property {import('./tokenizer.js').TokenizerSpec} tokenizer
 * @property {{name: string, role: 'input_ids' | 'attention_mask' | 'token_type_ids', type: 'int64'
 *   | 'int32'}[]} inputs
 * @property {{name: string}} output
 * @property {string} graph
 * @property {string} [weights]
 * @property {{path: string, bytes: number, sha256: string}[]} files
 * @typedef {ModelFields & import('./scores.js').ScoringSpec} ModelSpec
 * @typedef {{graph: Uint8Array<ArrayBuffer>, weights: Uint8Array<ArrayBuffer> | null}} ModelBytes
 */

/**
 * @param {URL} base  The folder that holds model.json.
 * @param {(done: number, total: number) => void} [onProgress]  Bytes of all parts together; called
 *   for every piece that arrives.
 * @param {(url: URL) => Promise<Response>} [open]  Where the files are not in the package.
 * @returns {Promise<{spec: ModelSpec, vocabulary: Promise<string>, readBytes: () =>
 *   Promise<ModelBytes>}>} The vocabulary is being read, the
 *   rest when it is asked for. Both promises reject if a file cannot be read or has not the length
 *   that model.json gives.
 * @throws {Error} if model.json cannot be read, or does not list its parts.
 */
export async function readModel(base, onProgress = () => {}, open = openOfPackage) {
  const spec = /** @type {ModelSpec} */ (await (await open(new URL('model.json', base))).json())
  const length = (/** @type {string} */ path) => {
    const file = spec.files.find((file) => file.path === path)
    if (!file) throw new Error(`model.json does not list ${path}`)
    return file.bytes
  }
  const paths = [spec.graph, ...(spec.weights ? [spec.weights] : []), spec.tokenizer.vocabulary]
  const total = paths.reduce((sum, path) => sum + length(path), 0)
  let done = 0
  const read = (/** @type {string} */ path) =>
    readFile(open(new URL(path, base)), path, length(path), (bytes) => {
      done += bytes
      onProgress(done, total)
    })
  return {
    spec,
    vocabulary: read(spec.tokenizer.vocabulary).then((bytes) => new TextDecoder().decode(bytes)),
    async readBytes() {
      const [graph, weights] = await Promise.all([
        read(spec.graph),
        spec.weights ? read(spec.weights) : null,
      ])
      return {graph, weights}
    },
  }
}

/**
 * @param {Promise<Response>} response
 * @param {string} path
 * @param {number} length
 * @param {(bytes: number) => void} onPiece
 * @throws {Error} if the file has another length.
 */
async function readFile(response, path, length, onPiece) {
  const bytes = new Uint8Array(length)
  let received = 0
  await readPieces(await response, (piece) => {
    if (received + piece.length <= length) bytes.set(piece, received)
    received += piece.length
    onPiece(piece.length)
  })
  if (received !== length) throw new Error(`${path} has ${received} bytes instead of ${length}`)
  return bytes
}
