// Unpacks zstd with zstddec: no browser's DecompressionStream knows it yet.

// @ts-expect-error - the builder puts zstddec's file there
import * as zstddec from '../runtime/zstddec.mjs'
import {once} from '../shared/once.js'

/**
 * @typedef {object} Decoder
 * @property {() => Promise<void>} init
 * @property {(array: Uint8Array, size: number) => Uint8Array<ArrayBuffer>} decode
 */

/**
 * A decoder that is ready. It would fetch its own wasm from a `data:` address, which a content
 * security policy forbids that names the addresses of the model alone: here it gets those bytes
 * without a request.
 * @type {() => Promise<Decoder>}
 */
export const startDecoder = once(async () => {
  const decoder = /** @type {Decoder} */ (new zstddec.ZSTDDecoder())
  const {fetch} = globalThis
  globalThis.fetch = async (address) => new Response(bytesOf(String(address)))
  const started = decoder.init()
  globalThis.fetch = fetch
  await started
  return decoder
})

/** @param {string} address  `data:…;base64,…` */
function bytesOf(address) {
  return Uint8Array.from(atob(address.slice(address.indexOf(',') + 1)), (sign) =>
    sign.charCodeAt(0),
  )
}
