// What cards were opened for, until their cards have it. CardRequest in storage.session: in memory,
// for extension pages alone, and there still after the browser stopped the background.

import {Failure} from '../shared/failures.js'
import {forgetOccasion} from './occasions.js'

const CLAIM_TIMEOUT_MS = 2000 // the card may be there first, and asks again
const POLL_INTERVAL_MS = 250
/** Bytes of a text in UTF-8: the browser keeps ten megabytes, of all extension pages together. */
const MOST_BYTES = 8_000_000
const LONG_WORD = 100

/**
 * `claimant`: the card that has taken it, and may again, as our answer may be lost with us.
 * @typedef {import('../shared/messages.js').CardRequest} CardRequest
 * @typedef {{request: CardRequest, claimant: string | null}} Kept
 */

/** Of this background; also where the storage takes nothing. @type {Map<string, Kept>} */
const held = new Map()
/** Who waits for what is not there yet. @type {Set<{id: string, found: (kept: Kept) => void}>} */
const waiting = new Set()

/** @param {string} id */
function key(id) {
  return `request:${id}`
}

/**
 * Keep a request; of a text that is too long for the browser its first part, with a note.
 * @param {string} id
 * @param {CardRequest} request
 * @param {{anew?: boolean}} [options]  `anew`: in place of what nobody has claimed.
 */
export async function keep(id, request, {anew = false} = {}) {
  // Again: a background before us may have done so, and been stopped.
  if (!anew && (await read(id))) return
  const kept = shortened(request, fittingLength(request.text))
  await put(id, {request: kept, claimant: null})
}

/** How many UTF-16 units of a text may be kept. @param {string} text */
function fittingLength(text) {
  if (3 * text.length <= MOST_BYTES) return text.length
  return new TextEncoder().encodeInto(text, new Uint8Array(MOST_BYTES)).read
}

/** @param {CardRequest} request @param {number} length @returns {CardRequest} */
function shortened(request, length) {
  const {text, notes} = request
  if (length >= text.length) return request
  const part = text.slice(0, length)
  const space = part.search(/\s\S*$/)
  const end = length - space < LONG_WORD ? space : length // not in the middle of a word
  return {
    ...request,
    text: part.slice(0, end).replace(/[\ud800-\udbff]$/, ''),
    notes: notes.includes('too_long') ? notes : [...notes, 'too_long'],
  }
}

/**
 * Hand a request over, to one card. It may ask a moment before it is there, and ask again.
 * @param {string} id @param {string} claimant @returns {Promise<CardRequest>}
 * @throws {Failure} `expired` if no text comes, or another card has it.
 */
export async function claim(id, claimant) {
  const kept = (await read(id)) ?? (await appearance(id))
  const {request, claimant: before} = held.get(id) ?? kept
  if (before !== null && before !== claimant)
    throw new Failure('expired', 'Another card has this text')
  if (before === null) await put(id, {request, claimant})
  return request
}

/** The card has it, and asks no more. @param {string} id @param {string} claimant */
export async function forget(id, claimant) {
  const kept = await read(id)
  if (kept && kept.claimant !== claimant) return
  await drop(id)
}

/** Nobody will ask for it any more. @param {string} id */
export async function drop(id) {
  held.delete(id)
  await forgetOccasion(id, [key(id)])
}

/**
 * Whether a card took what it was opened for, in time.
 * @param {string} id
 * @param {number} timeoutMs
 * @param {() => Promise<boolean>} isHopeless
 * @returns {Promise<boolean>}
 */
export async function isClaimed(id, timeoutMs, isHopeless) {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const kept = await read(id)
    if (!kept || kept.claimant !== null) return true
    if (performance.now() > deadline || (await isHopeless())) return false
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS))
  }
}

/** @param {string} id @param {Kept} kept */
async function put(id, kept) {
  held.set(id, kept)
  for (const one of waiting) if (one.id === id) one.found(kept)
  await chrome.storage.session
    .set({[key(id)]: kept})
    .catch((error) => console.warn('Were the background stopped now, a text would be lost', error))
}

/** @param {string} id @returns {Promise<Kept | undefined>} */
async function read(id) {
  const known = held.get(id)
  if (known) return known
  /** @type {Record<string, unknown>} */
  const found = await chrome.storage.session.get(key(id)).catch(() => ({}))
  return held.get(id) ?? asKept(/** @type {Kept | CardRequest | undefined} */ (found[key(id)]))
}

/**
 * A version before this one kept the request alone. (Browsers empty this storage at an update; a
 * developer's reload may not.)
 * @param {Kept | CardRequest | undefined} found
 */
function asKept(found) {
  return found && 'text' in found ? {request: found, claimant: null} : found
}

/** @param {string} id @returns {Promise<Kept>} */
function appearance(id) {
  return new Promise((resolve, reject) => {
    const one = {
      id,
      found: (/** @type {Kept} */ kept) => {
        clearTimeout(timer)
        waiting.delete(one)
        resolve(kept)
      },
    }
    const timer = setTimeout(() => {
      waiting.delete(one)
      reject(new Failure('expired', 'No text is kept for this card'))
    }, CLAIM_TIMEOUT_MS)
    waiting.add(one)
  })
}
