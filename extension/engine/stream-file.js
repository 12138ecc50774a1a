// Reads a file piece by piece.

const PIECE_BYTES = 2 ** 18

/**
 * @param {Response} response
 * @param {(piece: Uint8Array<ArrayBuffer>) => void} take  The next piece overwrites it.
 * @throws {Error} if it cannot be read to its end.
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
    const {done, value} = await reader.read(new Uint8Array(memory))
    if (done) return
    take(value)
    memory = value.buffer
  }
}

/** @param {URL} url @throws {Error} if it cannot be read. */
export async function open(url) {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url.pathname} cannot be read (${response.status})`)
  return response
}
