// What was fetched, kept on the device: finished shards of a download that is under way, and whole
// files, each under its SHA-256; and the indexes that list them.

import {ADDRESS, CACHE} from '../platform/kept-files.js'
import {Failure} from '../shared/failures.js'

/**
 * @typedef {'shard' | 'file' | 'index'} Kind
 * @typedef {object} Store
 * @property {(kind: Kind, name: string) => Promise<Response | undefined>} get
 * @property {(kind: Kind, name: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>} put
 * @property {(kind: Kind, name: string) => Promise<void>} remove
 * @property {(kind: Kind, keep: Set<string>) => Promise<void>} keepOnly  Removes all others.
 */

/**
 * The browser's Cache API; where it is refused, as some private windows do, memory until the page
 * is closed.
 * @returns {Promise<Store>}
 */
export async function openStore() {
  try {
    await caches.open(CACHE)
    return inCache()
  } catch (error) {
    console.warn('Nothing can be kept on this device: the model is fetched for this visit', error)
    return inMemory()
  }
}

/** @returns {Store} */
function inCache() {
  // Opened again each time: the browser, or the user, may have removed it meanwhile.
  const open = () => caches.open(CACHE)
  return {
    get: async (kind, name) => (await open()).match(`${ADDRESS}${kind}/${name}`),

    async put(kind, name, bytes) {
      try {
        await (await open()).put(`${ADDRESS}${kind}/${name}`, new Response(bytes))
      } catch (error) {
        throw new Failure('download_full', String(error))
      }
    },

    async remove(kind, name) {
      await (await open()).delete(`${ADDRESS}${kind}/${name}`)
    },

    async keepOnly(kind, keep) {
      const cache = await open()
      for (const {url} of await cache.keys()) {
        const [found, name = ''] = url.slice(ADDRESS.length).split('/')
        if (found === kind && !keep.has(name)) await cache.delete(url)
      }
    },
  }
}

/** @returns {Store} */
export function inMemory() {
  /** @type {Map<string, Uint8Array<ArrayBuffer>>} */ const kept = new Map()
  return {
    async get(kind, name) {
      const bytes = kept.get(`${kind}/${name}`)
      return bytes && new Response(bytes)
    },

    async put(kind, name, bytes) {
      kept.set(`${kind}/${name}`, bytes)
    },

    async remove(kind, name) {
      kept.delete(`${kind}/${name}`)
    },

    async keepOnly(kind, keep) {
      for (const key of [...kept.keys()]) {
        const [found, name = ''] = key.split('/')
        if (found === kind && !keep.has(name)) kept.delete(key)
      }
    },
  }
}
