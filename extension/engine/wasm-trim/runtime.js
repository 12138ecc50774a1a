// Starts ONNX Runtime while the model is still being read.

/** @typedef {typeof import('onnxruntime-web')} OnnxRuntime */

// ONNX, in the encoding of Protocol Buffers: one node, Identity, from x to y, which are float32 of
// shape [1]; operator set 17.
const SMALLEST_GRAPH = [
  8,
  8,
  58,
  54, // ir_version 8; the graph:
  10,
  16,
  10,
  1,
  120,
  18,
  1,
  121,
  34,
  8,
  73,
  100,
  101,
  110,
  116,
  105,
  116,
  121,
  18,
  0, // the node; a name, which is empty
  90,
  15,
  10,
  1,
  120,
  18,
  10,
  10,
  8,
  8,
  1,
  18,
  4,
  10,
  2,
  8,
  1, // input x
  98,
  15,
  10,
  1,
  121,
  18,
  10,
  10,
  8,
  8,
  1,
  18,
  4,
  10,
  2,
  8,
  1, // output y
  66,
  4,
  10,
  0,
  16,
  17,
]

/**
 * Workaround: ONNX Runtime Web compiles its wasm itself, when it makes its first session. So it
 * makes a session that does nothing, with no bytes of wasm; where it compiles those, it gets our
 * module. It may go when the runtime accepts a compiled module, or starts without a session:
 * https://github.com/microsoft/onnxruntime/pull/21534 added the bytes.
 * @param {OnnxRuntime} ort @param {number} threads @param {Promise<WebAssembly.Module>} compiled
 * @throws {Error} if it could not be started; it stays unusable in this worker then.
 */
export async function startRuntime(ort, threads, compiled) {
  const {instantiate} = WebAssembly
  ort.env.wasm.numThreads = threads
  ort.env.wasm.wasmBinary = new ArrayBuffer(0)
  WebAssembly.instantiate = /** @type {typeof instantiate} */ (
    async (/** @type {any} */ source, /** @type {WebAssembly.Imports} */ imports) => {
      if (source.byteLength !== 0) return instantiate(source, imports) // another's wasm
      const module = await compiled
      return {module, instance: await instantiate(module, imports)}
    }
  )
  const session = await ort.InferenceSession.create(Uint8Array.from(SMALLEST_GRAPH), {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'disabled',
  }).finally(() => {
    WebAssembly.instantiate = instantiate
  })
  await session.release()
}
