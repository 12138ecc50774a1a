// What cards were opened for, until their cards take them. CardRequest in storage.session: in
// memory, for extension pages alone, and there still after the browser stopped the background.

import {Failure} from '../shared/failures.js'

const CLAIM_TIMEOUT_MS = 10_000 // the card may be there first, on a busy machine by seconds
const POLL_MS = 250
/** Bytes of a text in UTF-8: the browser keeps ten megabytes, of all extension pages together. */
const MOST_BYTES = 8_000_000
const LEAST = 1000 // characters: room that is not there for so few will not be there for fewer
const LONG_WORD = 100

/** @typedef {import('../shared/messages.js').CardRequest} CardRequest */

/** @param {string} id */
function key(id) {
  return `request:${id}`
}

/**
 * Keep a request; of a text that is too long for the browser its first part, with a note.
 * @param {string} id @param {CardRequest} request
 */
export async function keep(id, request) {
  let kept = shortened(request, fittingLength(request.text))
  for (;;) {
    try {
      await chrome.storage.session.set({[key(id)]: kept})
      return
    } catch (error) {
      if (kept.text.length < LEAST) throw error
      kept = shortened(kept, Math.floor(kept.text.length / 2)) // others may be kept, too
    }
  }
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
 * Hand a request over, once. The card may ask a moment before it is there.
 * @param {string} id @returns {Promise<CardRequest>}
 * @throws {Failure} `expired` if no text comes.
 */
export async function claim(id) {
  const kept = await appearance(key(id))
  await chrome.storage.session.remove(key(id))
  return kept
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
  while (key(id) in (await chrome.storage.session.get(key(id)))) {
    if (performance.now() > deadline || (await isHopeless())) return false
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  return true
}

/** @param {string} name @returns {Promise<CardRequest>} */
function appearance(name) {
  return new Promise((resolve, reject) => {
    /** @param {unknown} value */
    const found = (value) => {
      if (value) finish(() => resolve(/** @type {CardRequest} */ (value)))
    }
    const listener = (/** @type {Record<string, chrome.storage.StorageChange>} */ changes) =>
      found(changes[name]?.newValue)
    const timer = setTimeout(
      () => finish(() => reject(new Failure('expired', 'No text is kept for this card'))),
      CLAIM_TIMEOUT_MS,
    )
    const finish = (/** @type {() => void} */ settle) => {
      clearTimeout(timer)
      chrome.storage.session.onChanged.removeListener(listener)
      settle()
    }
    // before the look, so that nothing falls between the two
    chrome.storage.session.onChanged.addListener(listener)
    chrome.storage.session.get(name).then(
      ({[name]: value}) => found(value),
      (error) => finish(() => reject(error)),
    )
  })
}
