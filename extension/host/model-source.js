// Where the engine's files come from: the package. The builder puts delivery/model-source.js here
// instead where they are delivered by a server.

import {open} from '../engine/stream-file.js'
import {readRuntime} from '../engine/wasm-trim/runtime-store.js'
import {trimsRuntime} from '../platform/settings-store.js'

/**
 * @typedef {object} ModelSource
 * @property {(url: URL) => Promise<Response>} open  Of a file of the model.
 * @property {(whole: boolean) => Promise<{wasm: Uint8Array<ArrayBuffer>, trimmed: boolean}>}
 *   readRuntime  ONNX Runtime's wasm. `whole`: nothing may be left out of it.
 */

/**
 * Gets the number of bytes fetched, and of all to fetch: none here.
 * @type {(onProgress: (done: number, total: number) => void) => ModelSource}
 */
export const createSource = () => ({
  open,
  readRuntime: async (whole) => readRuntime(whole || !(await trimsRuntime())),
})
