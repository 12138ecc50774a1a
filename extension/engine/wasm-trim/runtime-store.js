// Reads ONNX Runtime's wasm.

import {open, readPieces, readWhole} from '../stream-file.js'
import {createTrimmer} from './trim.js'
import {USED} from './used-functions.js'

const WASM = new URL('../../runtime/ort-wasm-simd-threaded.wasm', import.meta.url)

/**
 * @param {boolean} whole  Whether nothing may be left out of it.
 * @returns {Promise<{wasm: Uint8Array<ArrayBuffer>, trimmed: boolean}>}
 * @throws {import('../stream-file.js').DamagedError} if it cannot be read.
 */
export async function readRuntime(whole) {
  const trimmed = whole ? null : await readTrimmed()
  if (trimmed) return {wasm: trimmed, trimmed: true}
  return {wasm: await readWhole(await open(WASM)), trimmed: false}
}

/** Null if it is another file than the list of used functions tells of. */
async function readTrimmed() {
  const {take, finish} = createTrimmer(USED)
  await readPieces(await open(WASM), take)
  return finish()
}
