// Reads a file of the package piece by piece.

const PIECE_BYTES = 2 ** 18

/**
 * @param {URL} url
 * @param {(piece: Uint8Array<ArrayBuffer>) => void} take  The next piece overwrites it.
 * @throws {Error} if the file cannot be read.
 */
export async function readPieces(url, take) {
  const {body} = await open(url)
  const reader = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (body).getReader({
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
