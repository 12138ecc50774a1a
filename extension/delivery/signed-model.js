// A model whose index the author signed, so that a newer one may come without an update of the
// extension: who signed it, and whether it is one that this package can use.

import {readIntegrity} from '../engine/integrity.js'
import {Failure} from '../shared/failures.js'
import {fetchChecked} from './fetch-checked.js'
import {INDEX_LIMIT, isWhole, parse} from './model-index.js'

/**
 * `model`: the SHA-256 of its model.json. `selfTest`: as in integrity.json.
 * @typedef {import('./delivery.js').DeliveredFile} DeliveredFile
 * @typedef {import('../engine/integrity.js').SelfTest} SelfTest
 * @typedef {{version: string, model: string, files: DeliveredFile[], selfTest: SelfTest}}
 *   SignedIndex
 * @typedef {import('../platform/settings-store.js').Delivery} Delivery
 */

export const DESCRIPTION = 'model/model.json'
const LATEST = 'model/latest.json'
const VERSION = /^\d+(\.\d+)*$/
const KEY = {name: 'ECDSA', namedCurve: 'P-256'}
const SIGNATURE = {name: 'ECDSA', hash: 'SHA-256'}

/**
 * What the server offers.
 * @param {Delivery} delivery
 * @param {import('./fetch-checked.js').Patience} [patience]
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {Failure}
 */
export function fetchLatest({address}, patience) {
  const url = new URL(LATEST, address)
  return fetchChecked({url, bytes: INDEX_LIMIT}, () => {}, patience)
}

/**
 * The content of an envelope, if the author signed it.
 * @param {Uint8Array<ArrayBuffer>} envelope
 * @param {string} publicKey  Base64 of a SubjectPublicKeyInfo.
 * @returns {Promise<SignedIndex>}
 * @throws {Failure} `download_forged` for another's signature.
 */
export async function readSigned(envelope, publicKey) {
  const {index, signature} = parse(new TextDecoder().decode(envelope)) ?? {}
  const text = String(index)
  const key = await crypto.subtle.importKey('spki', bytesOf(publicKey), KEY, false, ['verify'])
  const signed = new TextEncoder().encode(text)
  if (!(await crypto.subtle.verify(SIGNATURE, key, bytesOf(String(signature)), signed)))
    throw new Failure('download_forged', 'The index has another signature')
  return usable(parse(text))
}

/**
 * Whether a version may follow another one.
 * @param {string} version
 * @param {string} than
 */
export function isNewer(version, than) {
  const [ours = [], others = []] = [version, than].map((text) => text.split('.').map(Number))
  for (let place = 0; place < Math.max(ours.length, others.length); place++) {
    const difference = (ours[place] ?? 0) - (others[place] ?? 0)
    if (difference) return difference > 0
  }
  return false
}

/**
 * Whether the package's pages and scripts can show what a model says: its labels and what they
 * mean, and the tokenizer that it needs, are the package's.
 * @param {any} described  A model.json.
 * @param {any} packaged  That of the package.
 */
export function fits(described, packaged) {
  const shape = (/** @type {any} */ {labels, activation, tokenizer}) =>
    JSON.stringify([labels?.map((/** @type {any} */ {id}) => id), activation, tokenizer?.kind])
  return shape(described) === shape(packaged)
}

/**
 * What the files have to be: code as the package has it, the model as the author signed it.
 * @param {SignedIndex} index
 * @returns {Promise<import('../engine/integrity.js').Integrity>}
 */
export async function integrityOf({files, selfTest}) {
  const packaged = await readIntegrity()
  const code = Object.entries(packaged.files).filter(([name]) => !name.startsWith('model/'))
  const model = files.map(({path, sha256}) => [path, sha256])
  return {...packaged, files: Object.fromEntries([...code, ...model]), selfTest}
}

/** @param {any} index @returns {SignedIndex} @throws {Failure} if its author made a mistake. */
function usable(index) {
  const {version, model, files, selfTest} = index ?? {}
  const listed = Array.isArray(files) ? files : []
  const described = listed.find((file) => file?.path === DESCRIPTION)
  if (
    !VERSION.test(version) ||
    !described ||
    described.sha256 !== model ||
    !listed.every((file) => isWhole(file) && file.path.startsWith('model/')) ||
    typeof selfTest?.text !== 'string' ||
    !Array.isArray(selfTest.scores) ||
    !(selfTest.tolerance >= 0)
  )
    throw new Failure('download_changed', 'The index is not one that this extension can read')
  return {version, model, files, selfTest}
}

/** @param {string} base64 */
function bytesOf(base64) {
  try {
    return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))
  } catch {
    return new Uint8Array()
  }
}
