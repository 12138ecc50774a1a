// An author with a key, who signs indexes as the builder does.

const CURVE = {name: 'ECDSA', namedCurve: 'P-256'}

/** @param {ArrayBuffer | Uint8Array} bytes */
const base64 = (bytes) => Buffer.from(/** @type {any} */ (bytes)).toString('base64')

export async function author() {
  const {privateKey, publicKey} = await crypto.subtle.generateKey(CURVE, true, ['sign', 'verify'])
  return {
    publicKey: base64(await crypto.subtle.exportKey('spki', publicKey)),
    /** @param {unknown} index @param {(text: string) => string} [afterwards] */
    async sign(index, afterwards = (text) => text) {
      const text = JSON.stringify(index)
      const signature = await crypto.subtle.sign(
        {name: 'ECDSA', hash: 'SHA-256'},
        privateKey,
        new TextEncoder().encode(text),
      )
      const envelope = {index: afterwards(text), signature: base64(signature)}
      return new TextEncoder().encode(JSON.stringify(envelope))
    },
  }
}
