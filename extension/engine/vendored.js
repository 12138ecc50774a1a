// ONNX Runtime and Hugging Face's library, as the extension packs them.

// @ts-expect-error - the builder puts ONNX Runtime's files there
import * as runtime from '../runtime/ort.wasm.min.mjs'

export const ort = /** @type {import('./session.js').OnnxRuntime} */ (runtime)
ort.env.wasm.wasmPaths = new URL('../runtime/', import.meta.url).href

/** @returns {Promise<import('./tokenizer-huggingface.js').Library>} */
export function loadLibrary() {
  // @ts-expect-error - the builder puts it there, for a model that needs it
  return import('../runtime/tokenizers.mjs')
}
