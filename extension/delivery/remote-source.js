// Where the engine's files come from in an extension whose model a server delivers: the model from
// there, once, and from this device from then on; all else, and all code, from the package. The
// builder puts this module in the place of host/model-source.js.

import {readIntegrity} from '../engine/integrity.js'
import {open as openOfPackage} from '../engine/stream-file.js'
import {readRuntime} from '../engine/wasm-trim/runtime-store.js'
import {readDelivery, trimsRuntime} from '../platform/settings-store.js'
import {asFailure, Failure} from '../shared/failures.js'
import {once} from '../shared/once.js'
import {createDelivery} from '../delivery/delivery.js'
import {hasAll, removeDamaged, tidy} from '../delivery/kept.js'
import {mayFetch} from '../delivery/may-fetch.js'
import {readPinned} from '../delivery/pinned-model.js'
import {openStore} from '../delivery/store.js'
import {startDecoder} from '../delivery/zstd.js'

const ROOT = new URL('../', import.meta.url)
const AWAKE_MS = 10_000 // Firefox unloads its background after 30 s without an event

/** Whoever asked last is told. @type {(done: number, total: number) => void} */
let tell = () => {}

/** One for all starts of the engine: none fetches what is on its way already. */
const server = once(async () => {
  const [store, delivery] = await Promise.all([openStore(), readDelivery()])
  if (!delivery) throw new Failure('damaged', 'settings.json names no server')
  await navigator.storage.persist?.().catch(() => {}) // the browser may still remove all
  const parts = createDelivery({
    base: new URL('data/', delivery.address),
    store,
    startDecoder,
    onProgress: (done, total) => tell(done, total),
  })
  return {store, delivery, ...parts}
})

/**
 * @param {(done: number, total: number) => void} onProgress
 * @returns {import('../host/model-source.js').ModelSource}
 */
export function createSource(onProgress) {
  tell = onProgress
  const model = once(async () => {
    const {store, delivery} = await server()
    return readPinned(store, delivery)
  })

  /** @param {import('../delivery/delivery.js').DeliveredFile} file */
  async function get(file) {
    const {store, delivery, get} = await server()
    if (await hasAll(store, [file])) return get(file)
    await mayFetch(delivery.origins)
    return awake(() => get(file))
  }

  async function tidyUp() {
    const {store, delivery} = await server()
    await tidy(store, await model())
    await store.keepOnly('index', new Set([delivery.model]))
  }

  return {
    async open(url) {
      const path = url.href.slice(ROOT.href.length)
      const file = (await model()).find((file) => file.path === path)
      return file ? get(file) : openOfPackage(url)
    },

    readRuntime: async (whole) => readRuntime(whole || !(await trimsRuntime())),
    readIntegrity,

    async explain(error) {
      const {store, delivery} = await server()
      const {code} = asFailure(error, 'start_failed')
      // Another build may have packed the same model into other shards.
      if (code === 'download_refused') await store.remove('index', delivery.model)
      if (code !== 'damaged' || !(await removeDamaged(store, await model()))) return error
      return new Failure('download_changed', `The browser changed what it kept: ${error}`)
    },

    answered() {
      tidyUp().catch((error) => console.warn('The cache was not tidied', error))
    },

    failed: () => false,
  }
}

/** @template T @param {() => Promise<T>} work */
async function awake(work) {
  const timer = setInterval(() => void chrome.runtime.getPlatformInfo?.(), AWAKE_MS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}
