// What was fetched, kept on the device: finished shards of a download that is under way, and whole
// files, each under its SHA-256.

import {Failure} from '../shared/failures.js'

/**
 * @typedef {'shard' | 'file'} Kind
 * @typedef {object} Store
 * @property {(kind: Kind, sha256: string) => Promise<Response | undefined>} get
 * @property {(kind: Kind, sha256: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>} put
 * @property {(kind: Kind, keep: Set<string>) => Promise<void>} keepOnly  Removes all others.
 */

const CACHE = 'delivered'
// Cache API takes addresses of http(s) alone. Nothing is ever asked of this one (RFC 2606).
const ADDRESS = 'https://delivered.invalid/'

/**
 * The browser's Cache API; where it is refused, as some private windows do, memory until the page
 * is closed.
 * @returns {Promise<Store>}
 */
export async function openStore() {
  try {
    return inCache(await caches.open(CACHE))
  } catch (error) {
    console.warn('Nothing can be kept on this device: the model is fetched for this visit', error)
    return inMemory()
  }
}

/** @param {Cache} cache @returns {Store} */
function inCache(cache) {
  return {
    get: (kind, sha256) => cache.match(`${ADDRESS}${kind}/${sha256}`),

    async put(kind, sha256, bytes) {
      try {
        await cache.put(`${ADDRESS}${kind}/${sha256}`, new Response(bytes))
      } catch (error) {
        throw new Failure('download_full', String(error))
      }
    },

    async keepOnly(kind, keep) {
      for (const {url} of await cache.keys()) {
        const [found, sha256 = ''] = url.slice(ADDRESS.length).split('/')
        if (found === kind && !keep.has(sha256)) await cache.delete(url)
      }
    },
  }
}

/** @returns {Store} */
export function inMemory() {
  /** @type {Map<string, Uint8Array<ArrayBuffer>>} */ const kept = new Map()
  return {
    async get(kind, sha256) {
      const bytes = kept.get(`${kind}/${sha256}`)
      return bytes && new Response(bytes)
    },

    async put(kind, sha256, bytes) {
      kept.set(`${kind}/${sha256}`, bytes)
    },

    async keepOnly(kind, keep) {
      for (const key of [...kept.keys()]) {
        const [found, sha256 = ''] = key.split('/')
        if (found === kind && !keep.has(sha256)) kept.delete(key)
      }
    },
  }
}
