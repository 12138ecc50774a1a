// Cuts the tokens of a text that is longer than the model takes into windows that overlap.

/**
 * `ids` with the special tokens, ready for the model. `own`: how many of the text's tokens count to
 * this window: each token counts once, to
 * the window in which it has the more to both sides of it.
 * @typedef {{ids: Int32Array, own: number}} Window
 */

// of a window: enough that each token at an edge is read with its neighbours once
const OVERLAP = 1 / 8
const TEXT_START = 1 // behind the token that opens every text

/**
 * @param {import('./types.js').Encoding} encoding  Of the whole text, special tokens included.
 * @param {number} maxLength  Tokens that the model takes, special ones included.
 * @returns {Window[]} At least one; all of about the same length, and beginning where a word does
 *   if one begins near.
 */
export function windowsOf({inputIds, offsets}, maxLength) {
  const count = inputIds.length - 2
  const room = maxLength - 2
  if (count <= room) return [{ids: inputIds, own: count}]
  const overlap = Math.floor(room * OVERLAP)
  const windows = Math.ceil((count - overlap) / (room - overlap))
  const step = (count - overlap) / windows
  const starts = Array.from({length: windows}, (_, index) =>
    wordStart(Math.ceil(index * step), overlap >> 1),
  )
  let border = 0
  return starts.map((start, index) => {
    const next = starts[index + 1]
    const end =
      next === undefined ? count : Math.min(start + room, Math.ceil(start + step + overlap), count)
    // Halfway through what two windows share, the one passes on to the other.
    const to = next === undefined ? count : Math.ceil((next + end) / 2)
    const own = to - border
    border = to
    const ids = Int32Array.from([
      ...inputIds.subarray(0, TEXT_START),
      ...inputIds.subarray(TEXT_START + start, TEXT_START + end),
      ...inputIds.subarray(-1),
    ])
    return {ids, own}
  })

  /**
   * The nearest token at or after `from`, at most `reach` on, that does not continue the one
   * before.
   * @param {number} from
   * @param {number} reach
   */
  function wordStart(from, reach) {
    for (let token = from; token <= from + reach && token > 0; token++) {
      const [end = 0, begin = 0] = offsets.subarray(2 * (TEXT_START + token) - 1)
      if (begin > end) return token
    }
    return from
  }
}
