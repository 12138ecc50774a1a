// A classifier: tokenizer, ONNX Runtime session and scores as one object.

import {probabilities} from './scores.js'
import {windowsOf} from './windows.js'

/** @typedef {typeof import('onnxruntime-web')} OnnxRuntime */
/** @typedef {import('./windows.js').Window} Window */

/**
 * `prepare` tokenizes, `atOnce` characters in a moment; `score` runs the model once. A text's
 * scores are the mean of its windows' (weighted by their own tokens), which `classify` does in one
 * go. `scores`: one in 0..1 a label, in the order of model.json. `tokens`: how many the text has,
 * without the special ones.
 * @typedef {{windows: Window[], tokens: number}} Prepared
 * @typedef {{scores: number[], tokens: number, windows: number, ms: {tokenize: number, infer:
 *   number}}} Classified
 * @typedef {object} Classifier
 * @property {(text: string) => Prepared} prepare
 * @property {number} atOnce
 * @property {(window: Window) => Promise<number[]>} score
 * @property {(text: string) => Promise<Classified>} classify
 */

/**
 * @param {object} parts
 * @param {import('./model-store.js').ModelBytes} parts.modelBytes
 * @param {import('./model-store.js').ModelSpec} parts.spec
 * @param {import('./types.js').Tokenizer} parts.tokenizer
 * @param {OnnxRuntime} parts.ort
 * @returns {Promise<Classifier>} It takes one text a run, at its true length: dynamic int8 has one
 *   scale for a whole activation
 *   tensor, so padding and batch mates would change the scores.
 */
export async function createClassifier({modelBytes, spec, tokenizer, ort}) {
  const session = await ort.InferenceSession.create(modelBytes.graph, {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'disabled', // the graph was optimized when it was built
    ...(modelBytes.weights && spec.weights
      ? {externalData: [{path: spec.weights, data: modelBytes.weights}]}
      : {}),
  })

  /** @param {string} text */
  function prepare(text) {
    const encoding = tokenizer.encode(text)
    return {windows: windowsOf(encoding, spec.max_length), tokens: encoding.inputIds.length - 2}
  }

  /** @param {Window} window */
  async function score({ids}) {
    const values = {
      input_ids: ids,
      attention_mask: new Int32Array(ids.length).fill(1),
      token_type_ids: new Int32Array(ids.length),
    }
    const feeds = Object.fromEntries(
      spec.inputs.map(({name, role, type}) => [name, tensor(ort, values[role], type)]),
    )
    const outputs = await session.run(feeds, [spec.output.name])
    const output = outputs[spec.output.name]
    if (!output) throw new Error(`The model gave no output “${spec.output.name}”`)
    return probabilities(/** @type {Float32Array} */ (output.data), spec)
  }

  return {
    prepare,
    atOnce: tokenizer.atOnce,
    score,
    async classify(text) {
      const start = performance.now()
      const {windows, tokens} = prepare(text)
      const tokenized = performance.now()
      const parts = []
      for (const window of windows) parts.push({scores: await score(window), weight: window.own})
      return {
        scores: weightedMean(parts),
        tokens,
        windows: windows.length,
        ms: {tokenize: tokenized - start, infer: performance.now() - tokenized},
      }
    },
  }
}

/**
 * The mean of several scores a label; where all weights are 0, they count alike.
 * @param {{scores: number[], weight: number}[]} parts  At least one.
 */
export function weightedMean(parts) {
  const [first, ...others] = parts
  if (!first || !others.length) return first?.scores ?? []
  const sum = parts.reduce((total, {weight}) => total + weight, 0)
  return first.scores.map((_, label) =>
    parts.reduce(
      (total, {scores, weight}) =>
        total + (scores[label] ?? NaN) * (sum ? weight / sum : 1 / parts.length),
      0,
    ),
  )
}

/**
 * A tensor of shape [1, length].
 * @param {OnnxRuntime} ort
 * @param {Int32Array} values
 * @param {'int64' | 'int32'} type
 */
function tensor(ort, values, type) {
  const shape = [1, values.length]
  return type === 'int64'
    ? new ort.Tensor('int64', BigInt64Array.from(values, BigInt), shape)
    : new ort.Tensor('int32', values, shape)
}
