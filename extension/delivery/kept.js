// What is on the device of the files of a model: whether it is all there, whether it is whole, and
// away with what nobody needs.

import {sha256Of} from './hash.js'

/**
 * @typedef {import('./delivery.js').DeliveredFile} DeliveredFile
 * @typedef {import('./store.js').Store} Store
 */

/** @param {Store} store @param {DeliveredFile[]} files */
export async function hasAll(store, files) {
  const kept = await Promise.all(files.map(({sha256}) => store.get('file', sha256)))
  return kept.every(Boolean)
}

/**
 * Remove of these what is not what it was when it came.
 * @param {Store} store
 * @param {DeliveredFile[]} files
 * @returns {Promise<boolean>} Whether there was any.
 */
export async function removeDamaged(store, files) {
  let found = false
  for (const {sha256} of files) {
    const kept = await store.get('file', sha256)
    if (!kept || (await sha256Of(await bytesOf(kept))) === sha256) continue
    await store.remove('file', sha256)
    found = true
  }
  return found
}

/**
 * Remove what none of these needs any more. Shards of files that are whole among it.
 * @param {Store} store
 * @param {DeliveredFile[]} files
 */
export async function tidy(store, files) {
  await store.keepOnly('file', new Set(files.map(({sha256}) => sha256)))
  /** @type {Set<string>} */ const unfinished = new Set()
  for (const {sha256, shards} of files) {
    if (!(await store.get('file', sha256))) for (const shard of shards) unfinished.add(shard.sha256)
  }
  await store.keepOnly('shard', unfinished)
}

/** @param {Response} response  Nothing where it cannot be read. */
async function bytesOf(response) {
  return new Uint8Array(await response.arrayBuffer().catch(() => new ArrayBuffer(0)))
}
