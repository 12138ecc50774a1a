// The server of the model, and what came from it.

import {readDelivery} from '../platform/settings-store.js'
import {Failure} from '../shared/failures.js'
import {once} from '../shared/once.js'
import {awake} from './awake.js'
import {createDelivery} from './delivery.js'
import {hasAll} from './kept.js'
import {mayFetch} from './may-fetch.js'
import {openStore} from './store.js'
import {startDecoder} from './zstd.js'

/** The last one that asked. @type {(done: number, total: number) => void} */
let tell = () => {}

/** @param {(done: number, total: number) => void} onProgress */
export function tellProgress(onProgress) {
  tell = onProgress
}

/** One for all starts of the engine: none fetches what is on its way already. */
export const openServer = once(async () => {
  const [store, delivery] = await Promise.all([openStore(), readDelivery()])
  if (!delivery) throw new Failure('damaged', 'settings.json names no server')
  await navigator.storage.persist?.().catch(() => {}) // the browser may still remove all
  const {get} = createDelivery({
    base: new URL('data/', delivery.address),
    store,
    startDecoder,
    onProgress: (done, total) => tell(done, total),
  })
  return {
    store,
    delivery,
    /** @param {import('./delivery.js').DeliveredFile} file */
    async get(file) {
      if (await hasAll(store, [file])) return get(file)
      await mayFetch(delivery.origins)
      return awake(() => get(file))
    },
  }
})
