// What cards were opened for, until their cards take them. CardRequest in storage.session: in
// memory, for extension pages alone, and there still after the browser stopped the background.

import {Failure} from '../shared/failures.js'

const CLAIM_TIMEOUT_MS = 10_000 // the card may be there first, on a busy machine by seconds
const POLL_INTERVAL_MS = 250 // a quarter of a second more goes unnoticed

/** @typedef {import('../shared/messages.js').CardRequest} CardRequest */

/** @param {string} id */
function key(id) {
  return `request:${id}`
}

/** @param {string} id @param {CardRequest} request */
export async function keep(id, request) {
  await chrome.storage.session.set({[key(id)]: request})
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
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS))
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
