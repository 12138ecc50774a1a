// What the user asked for and does not see yet. It is in storage.session (in memory, for extension
// pages alone), so that a background that was stopped goes on with it at its next start.

const PREFIX = 'occasion:'
/** After so long nobody waits any more; what appears then would come out of the blue. */
const BEGUN_AGAIN_FOR_MS = 10_000
/** A page that lets no frame in tells so after a quarter of a minute. */
const KEPT_FOR_MS = 60_000

/**
 * A card or a view of a page that was asked for. `at`: when, in milliseconds since 1970.
 * `tabId`: null where no script may run. `order`: greater for a card that was asked for later.
 * `read`: what the script of the clicked frame found, where the card has to stand elsewhere.
 * @typedef {object} CardOccasion
 * @property {'card'} kind
 * @property {string} id
 * @property {number} at
 * @property {number | null} tabId
 * @property {number} frameId
 * @property {string | null} address
 * @property {string} menuText
 * @property {boolean} keyboard
 * @property {boolean} incognito
 * @property {number} order
 * @property {import('../shared/messages.js').Settings['theme'] | null} theme
 * @property {import('../shared/messages.js').Opened | null} read
 *
 * @typedef {{kind: 'view', id: string, at: number, tabId: number}} ViewOccasion
 * @typedef {CardOccasion | ViewOccasion} Occasion
 */

/** What this background has begun, or gone on with. @type {Map<string, Occasion>} */
const held = new Map()

/**
 * Begun before anything is awaited, so that the browser has it whatever happens to us.
 * @param {Occasion} occasion
 */
export async function keepOccasion(occasion) {
  held.set(occasion.id, occasion)
  await chrome.storage.session
    .set({[PREFIX + occasion.id]: occasion})
    .catch((error) => console.warn('Were the background stopped now, a card would be lost', error))
}

/** @param {string} id @returns {Promise<Occasion | undefined>} */
export async function readOccasion(id) {
  const known = held.get(id)
  if (known) return known
  const {[PREFIX + id]: kept} = await chrome.storage.session.get(PREFIX + id)
  return /** @type {Occasion | undefined} */ (held.get(id) ?? kept)
}

/** @param {string} id @param {string[]} [others]  Further keys that go with it. */
export async function forgetOccasion(id, others = []) {
  held.delete(id)
  await chrome.storage.session
    .remove([PREFIX + id, ...others])
    .catch((error) => console.warn('Something asked for was not forgotten', error))
}

/**
 * What an earlier background left unfinished, and is young enough to be gone on with.
 * @returns {Promise<Occasion[]>}
 */
export async function leftOver() {
  const kept = Object.entries(await chrome.storage.session.get(null))
    .filter(([key]) => key.startsWith(PREFIX))
    .map(([, occasion]) => /** @type {Occasion} */ (occasion))
    .filter(({id}) => !held.has(id))
  const now = Date.now()
  for (const {id, at} of kept) if (now - at > KEPT_FOR_MS) void forgetOccasion(id)
  return kept.filter(({at}) => now - at < BEGUN_AGAIN_FOR_MS)
}
