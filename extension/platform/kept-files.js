// Where the files that a server delivered are kept on the device: delivery/store.js writes them.

export const CACHE = 'delivered'
// Cache API takes addresses of http(s) alone. Nothing is ever asked of this one (RFC 2606).
export const ADDRESS = 'https://delivered.invalid/'

/**
 * The model.json of the model in use, where it is not the package's.
 * @returns {Promise<Response | undefined>}
 */
export async function keptDescription() {
  try {
    return await (await caches.open(CACHE)).match(`${ADDRESS}index/model.json`)
  } catch {
    return undefined // nothing is kept where the browser refuses it
  }
}
