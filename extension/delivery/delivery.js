// Brings the files of an index onto the device, shard by shard, and keeps them there.

import {Failure} from '../shared/failures.js'
import {fetchChecked} from './fetch-checked.js'
import {sha256Of} from './hash.js'

/**
 * A shard is a part of a file, packed with zstd; its address is its SHA-256. `plain`: bytes once
 * unpacked.
 * @typedef {{sha256: string, bytes: number, plain: number}} Shard
 * @typedef {{path: string, bytes: number, sha256: string, shards: Shard[]}} DeliveredFile
 * @typedef {{format: 1, name: string, version: string, files: DeliveredFile[]}} Index
 * @typedef {import('./store.js').Store} Store
 */

export const SHARD_ENDING = '.bin' // one to which servers add no Content-Encoding of their own
const AT_ONCE = 3 // shards: hides the way to the server, and leaves most of the line to others

/**
 * @param {object} parts
 * @param {URL} parts.base  The folder of the shards.
 * @param {Store} parts.store
 * @param {() => Promise<import('./zstd.js').Decoder>} parts.startDecoder
 * @param {(done: number, total: number) => void} parts.onProgress  Bytes over the wire, of all
 *   files that were asked for so far.
 * @param {import('./fetch-checked.js').Patience} [parts.patience]
 */
export function createDelivery({base, store, startDecoder, onProgress, patience}) {
  const counter = createCounter(onProgress)
  /** What is on its way. @type {Map<string, Promise<Response>>} */ const coming = new Map()

  /** @param {DeliveredFile} file */
  async function bring(file) {
    // Equal parts of a file are one shard.
    const shards = [...new Map(file.shards.map((shard) => [shard.sha256, shard])).values()]
    const count = counter.begin(
      file.sha256,
      shards.reduce((sum, {bytes}) => sum + bytes, 0),
    )
    for (const group of groups(shards, AT_ONCE)) {
      // To the end of all: what still came after a failure would be fetched again beside it.
      const ends = await Promise.allSettled(group.map((shard) => bringShard(shard, count)))
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    }
    const bytes = await putTogether(file, store, await startDecoder())
    if (!bytes) {
      // They came as they should, so the device has changed them: the next attempt needs others.
      for (const {sha256} of shards) await store.remove('shard', sha256)
      throw new Failure('download_changed', `${file.path} has another SHA-256`)
    }
    await store.put('file', file.sha256, bytes)
    return new Response(bytes)
  }

  /** @param {Shard} shard @param {(bytes: number) => void} count */
  async function bringShard({sha256, bytes}, count) {
    if (await store.get('shard', sha256)) {
      count(bytes)
      return
    }
    const url = new URL(sha256 + SHARD_ENDING, base)
    await store.put('shard', sha256, await fetchChecked({url, bytes, sha256}, count, patience))
  }

  return {
    /**
     * A file of the index: from the device if it is there, else from the server.
     * @param {DeliveredFile} file
     * @returns {Promise<Response>} Its bytes are those of its SHA-256.
     * @throws {Failure}
     */
    async get(file) {
      const kept = await store.get('file', file.sha256)
      if (kept) return kept
      const brought = coming.get(file.sha256) ?? bring(file)
      coming.set(file.sha256, brought)
      try {
        return (await brought).clone()
      } finally {
        coming.delete(file.sha256)
      }
    },
  }
}

/**
 * @param {DeliveredFile} file
 * @param {Store} store
 * @param {import('./zstd.js').Decoder} decoder
 * @returns {Promise<Uint8Array<ArrayBuffer> | null>} Null if they are not those of the file.
 */
async function putTogether({path, bytes: length, sha256, shards}, store, decoder) {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const shard of shards) {
    const response = await store.get('shard', shard.sha256)
    if (!response) throw new Failure('download_full', `${path}: the browser removed a part of it`)
    const plain = unpacked(decoder, new Uint8Array(await response.arrayBuffer()), shard.plain)
    if (plain?.length !== shard.plain || at + plain.length > length) return null
    bytes.set(plain, at)
    at += plain.length
  }
  return at === length && (await sha256Of(bytes)) === sha256 ? bytes : null
}

/**
 * @param {import('./zstd.js').Decoder} decoder
 * @param {Uint8Array} packed
 * @param {number} length
 */
function unpacked(decoder, packed, length) {
  try {
    return decoder.decode(packed, length)
  } catch {
    return null
  }
}

/** @param {(done: number, total: number) => void} onProgress */
function createCounter(onProgress) {
  /** By file. @type {Map<string, {done: number, total: number}>} */ const counted = new Map()

  return {
    /** @param {string} sha256 @param {number} total  Bytes over the wire. */
    begin(sha256, total) {
      const own = {done: 0, total}
      counted.set(sha256, own)
      return (/** @type {number} */ bytes) => {
        own.done += bytes
        const all = [...counted.values()]
        onProgress(
          all.reduce((sum, {done}) => sum + done, 0),
          all.reduce((sum, {total}) => sum + total, 0),
        )
      }
    },
  }
}

/** @template T @param {T[]} items @param {number} size @returns {T[][]} */
function groups(items, size) {
  return Array.from({length: Math.ceil(items.length / size)}, (_, number) =>
    items.slice(number * size, (number + 1) * size),
  )
}
