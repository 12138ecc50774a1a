// Where the engine's files come from: the package. The builder puts delivery/site-source.js or
// delivery/remote-source.js here instead where a server delivers them.

import {readIntegrity} from '../engine/integrity.js'
import {open} from '../engine/stream-file.js'
import {readRuntime} from '../engine/wasm-trim/runtime-store.js'
import {trimsRuntime} from '../platform/settings-store.js'

/**
 * @typedef {object} ModelSource
 * @property {(url: URL) => Promise<Response>} open  Of a file of the model.
 * @property {(whole: boolean) => Promise<{wasm: Uint8Array<ArrayBuffer>, trimmed: boolean}>}
 *   readRuntime  ONNX Runtime's wasm. `whole`: nothing may be left out of it.
 * @property {() => Promise<import('../engine/integrity.js').Integrity>} readIntegrity  What all
 *   files have to be.
 * @property {(error: unknown) => Promise<unknown>} explain  What to tell of files that could not be
 *   read or are not what they have to be.
 * @property {() => void} answered  The engine passed its self-test.
 * @property {(code: import('../shared/failures.js').FailureCode | undefined) => boolean} failed
 *   The engine did not start. True where another model takes the place of this one, so that the
 *   next start may do.
 */

/**
 * Gets the number of bytes fetched, and of all to fetch: none here.
 * @type {(onProgress: (done: number, total: number) => void) => ModelSource}
 */
export const createSource = () => ({
  open,
  readRuntime: async (whole) => readRuntime(whole || !(await trimsRuntime())),
  readIntegrity,
  explain: async (error) => error,
  answered: () => {},
  failed: () => false,
})
