// A classifier: tokenizer, ONNX Runtime session and scores as one function.

import {probabilities} from './scores.js'

/** @typedef {typeof import('onnxruntime-web')} OnnxRuntime */

/**
 * `scores`: one in 0..1 a label, in the order of model.json. `tokens`: how many the model was given.
 * @typedef {{scores: number[], tokens: number, truncated: boolean, ms: {tokenize: number, infer: number}}} Classified
 * @typedef {{classify: (text: string) => Promise<Classified>}} Classifier
 */

/**
 * @param {object} parts
 * @param {import('./model-store.js').ModelBytes} parts.modelBytes
 * @param {import('./model-store.js').ModelSpec} parts.spec
 * @param {import('./tokenizer.js').Tokenizer} parts.tokenizer
 * @param {OnnxRuntime} parts.ort
 * @returns {Promise<Classifier>} It takes one text a run, at its true length: dynamic int8 has one scale for a whole activation
 *   tensor, so padding and batch mates would change the scores.
 */
export async function createClassifier({modelBytes, spec, tokenizer, ort}) {
  const session = await ort.InferenceSession.create(modelBytes.graph, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'disabled', // the graph was optimized when it was built
    ...(modelBytes.weights && spec.weights ? {externalData: [{path: spec.weights, data: modelBytes.weights}]} : {}),
  })

  return {
    async classify(text) {
      const start = performance.now()
      const encoding = tokenizer.encode(text, {maxLength: spec.max_length})
      const tokenized = performance.now()
      const values = {input_ids: encoding.inputIds, attention_mask: encoding.attentionMask, token_type_ids: encoding.tokenTypeIds}
      const feeds = Object.fromEntries(spec.inputs.map(({name, role, type}) => [name, tensor(ort, values[role], type)]))
      const outputs = await session.run(feeds, [spec.output.name])
      const scores = probabilities(/** @type {Float32Array} */ (outputs[spec.output.name].data), spec)
      return {
        scores,
        tokens: encoding.inputIds.length,
        truncated: encoding.truncated,
        ms: {tokenize: tokenized - start, infer: performance.now() - tokenized},
      }
    },
  }
}

/** A tensor of shape [1, length]. @param {OnnxRuntime} ort @param {Int32Array} values @param {'int64' | 'int32'} type */
function tensor(ort, values, type) {
  const shape = [1, values.length]
  return type === 'int64' ? new ort.Tensor('int64', BigInt64Array.from(values, BigInt), shape) : new ort.Tensor('int32', values, shape)
}
