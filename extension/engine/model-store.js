// Reads the parts of a model from beside its model.json.

/**
 * model.json, as far as the engine reads it; docs/model.schema.json describes all of it.
 * @typedef {object} ModelFields
 * @property {number} max_length  Tokens that the model takes, special ones included.
 * @property {import('./tokenizer.js').TokenizerSpec} tokenizer
 * @property {{name: string, role: 'input_ids' | 'attention_mask' | 'token_type_ids', type: 'int64' | 'int32'}[]} inputs
 * @property {{name: string}} output
 * @property {string} graph
 * @property {string} [weights]
 * @property {{path: string, bytes: number, sha256: string}[]} files
 * @typedef {ModelFields & import('./scores.js').ScoringSpec} ModelSpec
 * @typedef {{graph: Uint8Array, weights: Uint8Array | null}} ModelBytes
 */

/**
 * @param {URL} base  The folder that holds model.json.
 * @returns {Promise<{spec: ModelSpec, vocabulary: string, modelBytes: ModelBytes}>}
 * @throws {Error} if a file cannot be read or has not the length that model.json gives.
 */
export async function readModel(base) {
  const spec = /** @type {ModelSpec} */ (await (await open(new URL('model.json', base))).json())
  const read = async (/** @type {string} */ path) => {
    const bytes = new Uint8Array(await (await open(new URL(path, base))).arrayBuffer())
    const expected = spec.files.find((file) => file.path === path)?.bytes
    if (bytes.length !== expected) throw new Error(`${path} has ${bytes.length} bytes instead of ${expected}`)
    return bytes
  }
  const [graph, weights, vocabulary] = await Promise.all([
    read(spec.graph), spec.weights ? read(spec.weights) : null, read(spec.tokenizer.vocabulary),
  ])
  return {spec, vocabulary: new TextDecoder().decode(vocabulary), modelBytes: {graph, weights}}
}

/** @param {URL} url */
async function open(url) {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url.pathname} cannot be read (${response.status})`)
  return response
}
