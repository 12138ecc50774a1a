// Reads the parts of a model from beside its model.json.

import {check, readJson} from './integrity.js'
import {DamagedError, open as openOfPackage, readPieces, readWhole} from './stream-file.js'

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
 * @typedef {(name: string, bytes: Uint8Array<ArrayBuffer>) => void} OnFile  Gets each file that was
 *   read, by its path beside model.json.
 */

/**
 * @param {URL} base  The folder that holds model.json.
 * @param {object} parts
 * @param {Promise<string | null | undefined>} parts.sha256  Of model.json: nothing of it is used
 *   before that was compared.
 * @param {OnFile} parts.onFile
 * @param {(done: number, total: number) => void} [parts.onProgress]  Bytes of all parts together;
 *   called for every piece that arrives.
 * @param {(url: URL) => Promise<Response>} [parts.open]  Where the files are not in the package.
 * @returns {Promise<{spec: ModelSpec, vocabulary: Promise<string>, readBytes: () =>
 *   Promise<ModelBytes>}>} The vocabulary is being read, the
 *   rest when it is asked for. Both promises reject if a file cannot be read or has not the length
 *   that model.json gives.
 * @throws {DamagedError} if model.json cannot be read, or does not list its parts.
 */
export async function readModel(
  base,
  {sha256, onFile, onProgress = () => {}, open = openOfPackage},
) {
  const spec = await readSpec(open(new URL('model.json', base)), sha256)
  const length = (/** @type {string} */ path) => {
    const file = spec.files.find((file) => file.path === path)
    if (!file) throw new DamagedError(`model.json does not list ${path}`)
    return file.bytes
  }
  const paths = [spec.graph, ...(spec.weights ? [spec.weights] : []), spec.tokenizer.vocabulary]
  const total = paths.reduce((sum, path) => sum + length(path), 0)
  let done = 0
  const read = async (/** @type {string} */ path) => {
    const bytes = await readFile(open(new URL(path, base)), path, length(path), (bytes) => {
      done += bytes
      onProgress(done, total)
    })
    onFile(path, bytes)
    return bytes
  }
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
 * @param {Promise<string | null | undefined>} sha256
 * @returns {Promise<ModelSpec>}
 */
async function readSpec(response, sha256) {
  const bytes = await readWhole(await response)
  await check('model.json', bytes, sha256)
  return readJson(new TextDecoder().decode(bytes), 'model.json')
}

/**
 * @param {Promise<Response>} response
 * @param {string} path
 * @param {number} length
 * @param {(bytes: number) => void} onPiece
 * @throws {DamagedError} if the file has another length.
 */
async function readFile(response, path, length, onPiece) {
  const bytes = new Uint8Array(length)
  let received = 0
  await readPieces(await response, (piece) => {
    if (received + piece.length <= length) bytes.set(piece, received)
    received += piece.length
    onPiece(piece.length)
  })
  if (received !== length)
    throw new DamagedError(`${path} has ${received} bytes instead of ${length}`)
  return bytes
}
