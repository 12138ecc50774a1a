// Types that several modules of the engine, or the host, use. Nothing runs here, and nothing of it
// ships.

/**
 * When something began and ended, in milliseconds since 1970: threads have clocks of their own.
 * @typedef {{from: number, to: number}} Span
 *
 * What the host sends the worker, each once. `read`: when it was read.
 * @typedef {{kind: 'runtime', wasm: Uint8Array<ArrayBuffer>, read: Span}} RuntimePart
 * @typedef {{kind: 'model', spec: import('./model-store.js').ModelSpec, vocabulary: string,
 *   selfTest: import('./integrity.js').SelfTest}} ModelPart
 * @typedef {{kind: 'weights', modelBytes: import('./model-store.js').ModelBytes, read: Span}}
 *   WeightsPart
 * @typedef {{kind: 'checked', check: Span}} CheckedPart  Every part is what was packed.
 * @typedef {RuntimePart | ModelPart | WeightsPart | CheckedPart} Part
 */

/**
 * Four arrays of one length, special tokens included, one of which opens and one of which closes
 * the text. `offsets` holds two numbers a token: where its source begins and ends in the text, in
 * UTF-16 units (0, 0 for tokens that the text does not contain). `truncated`: the text had more
 * tokens than `maxLength`.
 * @typedef {{inputIds: Int32Array, attentionMask: Int32Array, tokenTypeIds: Int32Array,
 *   offsets: Int32Array, truncated: boolean}} Encoding
 *
 * `atOnce`: characters that take it some hundredths of a second at most, whatever they are.
 * @typedef {{encode: (text: string, options?: {maxLength?: number}) => Encoding, atOnce: number}}
 *   Tokenizer
 */

export {}
