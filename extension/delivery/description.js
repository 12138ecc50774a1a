// What is delivered, and from where: delivery.json, which the builder writes.

/**
 * @typedef {import('./delivery.js').Index} Index
 * @typedef {{base: URL, index: Index}} Description  `base`: the folder of the shards.
 */

const FILE = new URL('../delivery.json', import.meta.url)

/** @returns {Promise<Description>} @throws {Error} if it cannot be read. */
export async function readDescription() {
  const response = await fetch(FILE)
  if (!response.ok) throw new Error(`${FILE.pathname} cannot be read (${response.status})`)
  const {base, index} = await response.json()
  return {base: new URL(base, FILE), index}
}
