/**
 * An id that cannot be guessed. (crypto.randomUUID is missing in a frame on a page of plain
 * http.)
 */
export function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
