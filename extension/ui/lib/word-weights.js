// Which words carried an answer: how much the answer's score drops when one word is left out.
// (Leave-one-out, after Li, Monroe and Jurafsky, "Understanding Neural Networks through
// Representation Erasure", 2016.) It asks nothing but scores, so it works for any model.

/**
 * A part of the text that is left out as one: a word, or several words of a long text.
 * `start` and `end` are places in the text, in UTF-16 units.
 * @typedef {{start: number, end: number}} Part
 *
 * `weight` is in -1..1: 1 for the part that supports the answer most, negative for parts that speak
 * against it.
 * @typedef {Part & {weight: number}} Weighted
 */

/** More parts take longer than a user waits: 48 runs of 3 ms are a seventh of a second. */
export const MAX_PARTS = 48
/** Scores of exactly 0 and 1 have no odds. */
const LEAST = 1e-6
/** Smaller changes, in log-odds, are noise of 8-bit arithmetic. */
const NOISE = 0.02

/**
 * The words of a text, in order; neighbouring words together where there are too many.
 * @param {string} text
 * @param {string} [locale]
 * @returns {Part[]}
 */
export function partsOf(text, locale) {
  const words = []
  for (const {index, segment, isWordLike} of new Intl.Segmenter(locale, {
    granularity: 'word',
  }).segment(text)) {
    if (isWordLike || /\p{Extended_Pictographic}/u.test(segment))
      words.push({start: index, end: index + segment.length})
  }
  const size = Math.ceil(words.length / MAX_PARTS)
  if (size <= 1) return words
  const parts = []
  for (let first = 0; first < words.length; first += size) {
    const group = words.slice(first, first + size)
    const [from, to] = [group[0], group.at(-1)]
    if (from && to) parts.push({start: from.start, end: to.end})
  }
  return parts
}

/**
 * The text once without each part.
 * @param {string} text
 * @param {Part[]} parts
 */
export function withoutEach(text, parts) {
  return parts.map(({start, end}) => {
    const rest = `${text.slice(0, start)}${text.slice(end)}`.replace(/\s+/g, ' ').trim()
    return rest || ' '
  })
}

/**
 * @param {Part[]} parts
 * @param {number} whole  The score of the answer for the whole text, in 0..1.
 * @param {number[]} scores  The score of the same label without each part.
 * @returns {Weighted[]}
 */
export function weigh(parts, whole, scores) {
  const changes = scores.map((score) => logOdds(whole) - logOdds(score))
  const most = Math.max(...changes.map(Math.abs), NOISE)
  return parts.map((part, index) => {
    const change = changes[index] ?? 0
    return {...part, weight: Math.abs(change) < NOISE ? 0 : change / most}
  })
}

/** @param {number} score */
function logOdds(score) {
  const inside = Math.min(Math.max(score, LEAST), 1 - LEAST)
  return Math.log(inside / (1 - inside))
}
