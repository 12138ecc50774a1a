// ONNX Runtime as a worker of an edge network loads it: such workers compile no wasm themselves.

// @ts-expect-error - the builder puts ONNX Runtime's files there
import * as library from '../runtime/ort.wasm.min.mjs'
// @ts-expect-error - the platform compiles it, and gives the module
import module from '../runtime/runtime.wasm'

export const ort = /** @type {import('../engine/session.js').OnnxRuntime} */ (library)
export const runtime = /** @type {WebAssembly.Module} */ (module)

// Relative to the module that imports it: the runtime's own.
ort.env.wasm.wasmPaths = {mjs: './ort-wasm-simd-threaded.mjs'}

/** @returns {Promise<import('../engine/tokenizer-huggingface.js').Library>} */
export function loadLibrary() {
  // @ts-expect-error - the builder puts it there, for a model that needs it
  return import('../runtime/tokenizers.mjs')
}
