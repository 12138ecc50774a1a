// Reads a file piece by piece.

import {Failure} from '../shared/failures.js'

const PIECE_BYTES = 2 ** 18

/** A file of the package that is missing, or is not what was packed: no other try helps. */
export class DamagedError extends Failure {
  name = 'DamagedError'

  /** @param {string} message */
  constructor(message) {
    super('damaged', message)
  }
}

/**
 * @param {Response} response
 * @param {(piece: Uint8Array<ArrayBuffer>) => void} take  The next piece overwrites it.
 * @throws {DamagedError} if it cannot be read to its end.
 */
export async function readPieces(response, take) {
  const body = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (response.body)
  const reader = body.getReader({
    mode: 'byob',
  })
  // Every piece into the same memory: what a browser makes for each stays until a collector of
  // garbage comes.
  let memory = new ArrayBuffer(PIECE_BYTES)
  for (;;) {
    const {done, value} = await toItsEnd(response, reader.read(new Uint8Array(memory)))
    if (done) return
    take(value)
    memory = value.buffer
  }
}

/** @param {URL} url @throws {DamagedError} if it cannot be read. */
export async function open(url) {
  let response
  try {
    response = await fetch(url)
  } catch (error) {
    throw new DamagedError(`${url.pathname} cannot be read (${error})`)
  }
  if (!response.ok) throw new DamagedError(`${url.pathname} cannot be read (${response.status})`)
  return response
}

/** @param {Response} response @throws {DamagedError} if it cannot be read to its end. */
export async function readWhole(response) {
  return new Uint8Array(await toItsEnd(response, response.arrayBuffer()))
}

/**
 * Firefox 153 begins to read a file that became shorter, and fails later.
 * @template T
 * @param {Response} response
 * @param {Promise<T>} reading
 */
async function toItsEnd(response, reading) {
  try {
    return await reading
  } catch (error) {
    throw new DamagedError(`${response.url} cannot be read to its end (${error})`)
  }
}
