// The scores of recent texts: what was classified a moment ago is not classified again. They lie in
// this worker's memory alone, and end with it. Other settings or another model mean another worker,
// so none of them is ever stale.

import {copied} from './detach-string.js'

/** @typedef {{scores: number[], tokens: number}} Scored */

const ROOM_BYTES = 2 ** 20 // some 3,000 sentences
const ENTRY_BYTES = 160 // beside its text: the scores, and what a Map needs

/** @param {number} [roomBytes]  What was not asked for the longest leaves first. */
export function createRecent(roomBytes = ROOM_BYTES) {
  /** In the order of their last use. @type {Map<string, Scored>} */ const kept = new Map()
  let bytes = 0

  /** @param {string} text */
  function remove(text) {
    if (kept.delete(text)) bytes -= size(text)
  }

  return {
    /** @param {string} text @returns {Scored | null} */
    get(text) {
      const found = kept.get(text)
      if (!found) return null
      kept.delete(text)
      kept.set(text, found)
      return found
    },

    /** @param {string} text @param {Scored} scored */
    set(text, scored) {
      if (size(text) > roomBytes) return // it would drive all others out
      remove(text)
      kept.set(copied(text), scored)
      bytes += size(text)
      for (const oldest of kept.keys()) {
        if (bytes <= roomBytes) break
        remove(oldest)
      }
    },
  }
}

/** @param {string} text */
function size(text) {
  return ENTRY_BYTES + 2 * text.length
}
