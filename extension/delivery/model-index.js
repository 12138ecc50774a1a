// Which files a model has and which shards they come in: what a server says, held to what the
// package fixed. Nothing of it is believed before.

import {Failure} from '../shared/failures.js'

/**
 * @typedef {import('./delivery.js').DeliveredFile} DeliveredFile
 * @typedef {import('./delivery.js').Index} Index
 */

/** Bytes: an index of 1,000 shards has a tenth of it. */
export const INDEX_LIMIT = 2_000_000
/** Bytes of a shard, more than hosts of static files take of any file. */
const SHARD_LIMIT = 25 * 2 ** 20
const SHA256 = /^[0-9a-f]{64}$/

/**
 * @param {string} text
 * @returns {any}
 * @throws {Failure} if it is no JSON.
 */
export function parse(text) {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Failure('download_changed', `The index is no JSON: ${error}`)
  }
}

/**
 * The files of an index, by path.
 * @param {unknown} value  The parsed index.
 * @param {{path: string, bytes: number, sha256: string}[]} wanted  What these files have to be.
 * @returns {DeliveredFile[]} One for each that is wanted.
 * @throws {Failure} if one is not among them, or is another.
 */
export function filesOf(value, wanted) {
  const listed = isList(/** @type {any} */ (value)?.files)
  return wanted.map(({path, bytes, sha256}) => {
    const file = listed.find((file) => file?.path === path)
    if (!isWhole(file) || file.bytes !== bytes || file.sha256 !== sha256)
      throw new Failure('download_changed', `The index lists another ${path}`)
    return file
  })
}

/**
 * Whether an entry can be put together: its shards give its bytes, and no number asks for more
 * memory than that.
 * @param {any} file
 * @returns {file is DeliveredFile}
 */
export function isWhole(file) {
  const shards = isList(file?.shards)
  return (
    typeof file?.path === 'string' &&
    SHA256.test(file.sha256) &&
    shards.every(
      ({sha256, bytes, plain}) =>
        SHA256.test(sha256) && isCount(bytes) && bytes <= SHARD_LIMIT && isCount(plain),
    ) &&
    shards.reduce((sum, {plain}) => sum + plain, 0) === file.bytes
  )
}

/** @param {unknown} value @returns {any[]} */
function isList(value) {
  return Array.isArray(value) ? value.map((item) => item ?? {}) : []
}

/** @param {unknown} value */
function isCount(value) {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
