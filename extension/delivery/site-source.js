// Where the engine's files come from: a server, once, and this device from then on. The builder
// puts this module in the place of host/model-source.js.

import {readIntegrity} from '../engine/integrity.js'
import {open as openOfPackage} from '../engine/stream-file.js'
import {readRuntime as readRuntimeOfPackage} from '../engine/wasm-trim/runtime-store.js'
import {once} from '../shared/once.js'
import {trimsRuntime} from '../platform/settings-store.js'
import {asFailure, Failure} from '../shared/failures.js'
import {createDelivery} from '../delivery/delivery.js'
import {readDescription} from '../delivery/description.js'
import {removeDamaged, tidy} from '../delivery/kept.js'
import {openStore} from '../delivery/store.js'
import {startDecoder} from '../delivery/zstd.js'

const ROOT = new URL('../', import.meta.url)
const TRIMMED = 'runtime/trimmed.wasm'
const WHOLE = 'runtime/ort-wasm-simd-threaded.wasm'

/** The last one that asked. @type {(done: number, total: number) => void} */
let tell = () => {}

/** One for all starts of the engine: none fetches what is on its way already. */
const delivered = once(async () => {
  const [store, {base, index}] = await Promise.all([openStore(), readDescription()])
  return {
    store,
    files: new Map(index.files.map((file) => [file.path, file])),
    ...createDelivery({
      base,
      store,
      startDecoder,
      onProgress: (done, total) => tell(done, total),
    }),
  }
})

/**
 * @param {(done: number, total: number) => void} onProgress
 * @returns {import('../host/model-source.js').ModelSource}
 */
export function createSource(onProgress) {
  tell = onProgress
  let open = 0 // files that are still to come

  /** @param {string} path @returns {Promise<Response | null>} Null for a file of the package. */
  async function openDelivered(path) {
    open++
    const {store, files, get} = await delivered()
    const file = files.get(path)
    const response = file ? await get(file) : null
    if (--open === 0)
      tidy(store, [...files.values()]).catch((error) =>
        console.warn('The cache was not tidied', error),
      )
    return response
  }

  return {
    async open(url) {
      return (await openDelivered(url.href.slice(ROOT.href.length))) ?? openOfPackage(url)
    },

    readIntegrity,

    async explain(error) {
      if (asFailure(error, 'start_failed').code !== 'damaged') return error
      const {store, files} = await delivered()
      if (!(await removeDamaged(store, [...files.values()]))) return error
      return new Failure('download_changed', `The browser changed what it kept: ${error}`)
    },

    answered: () => {},
    failed: () => false,

    async readRuntime(whole) {
      const needsWhole = whole || !(await trimsRuntime())
      const response = await openDelivered(needsWhole ? WHOLE : TRIMMED)
      return response
        ? {wasm: new Uint8Array(await response.arrayBuffer()), trimmed: !needsWhole}
        : readRuntimeOfPackage(needsWhole)
    },
  }
}
