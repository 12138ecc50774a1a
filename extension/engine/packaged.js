// ONNX Runtime and the model, as the extension packs them.

// @ts-expect-error - the builder puts ONNX Runtime's files there
import * as runtime from '../runtime/ort.wasm.min.mjs'
import {compileRuntime} from './runtime.js'
import {start} from './start.js'
import {USED} from './used-functions.js'

const RUNTIME = new URL('../runtime/', import.meta.url)
const ort = /** @type {import('./session.js').OnnxRuntime} */ (runtime)
ort.env.wasm.wasmPaths = RUNTIME.href

/** @param {Pick<Parameters<typeof start>[0], 'threads' | 'onProgress' | 'isAwaited'> & {whole: Promise<boolean>}} options */
export function startPackaged({whole, ...options}) {
  return start({
    ort,
    compiled: compileRuntime(new URL('ort-wasm-simd-threaded.wasm', RUNTIME), whole.then((all) => (all ? null : USED))),
    model: new URL('../model/', import.meta.url),
    // @ts-expect-error - the builder puts Hugging Face's tokenizers there, for a model that needs them
    loadLibrary: () => import('../runtime/tokenizers.mjs'),
    ...options,
  })
}
