// What a character is. Most are ASCII, and a property of Unicode is slow to look up the first time.

const LETTER_OR_MARK = /[\p{L}\p{M}]/u
const LOWER = /\p{Ll}/u
const UPPER = /[\p{Lu}\p{Lt}]/u
const LETTER = /\p{L}/u
const NUMBER = /\p{N}/u
const ASCII = 0x80

/** @param {number} code */
function isAsciiLetter(code) {
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x7a
}

/** @param {number} code */
function isAsciiDigit(code) {
  return code >= 0x30 && code <= 0x39
}

/**
 * `letter`: of a script without capitals. `none`: the text is at its end.
 * @typedef {'upper' | 'lower' | 'letter' | 'digit' | 'sign' | 'none'} Kind
 */

/** @param {string} text @param {number} at @returns {Kind} */
export function kindAt(text, at) {
  const code = text.codePointAt(at)
  if (code === undefined) return 'none'
  if (code < ASCII) {
    if (isAsciiLetter(code)) return code < 0x61 ? 'upper' : 'lower'
    return isAsciiDigit(code) ? 'digit' : 'sign'
  }
  const char = String.fromCodePoint(code)
  if (LOWER.test(char)) return 'lower'
  if (UPPER.test(char)) return 'upper'
  if (LETTER.test(char)) return 'letter'
  return NUMBER.test(char) ? 'digit' : 'sign'
}

/** Whether a letter, or a mark on one, is there. @param {string} text @param {number} at */
function isInWord(text, at) {
  const code = text.charCodeAt(at)
  if (code < ASCII) return isAsciiLetter(code)
  if (code < 0xd800 || code > 0xdfff) return LETTER_OR_MARK.test(text.charAt(at))
  const first = code >= 0xdc00 ? at - 1 : at // of a surrogate pair
  return LETTER_OR_MARK.test(text.slice(first, first + 2))
}

/**
 * The word at a place, with an ending like “’s”; empty if none begins there.
 * @param {string} text @param {number} from @param {number} [most]  Characters.
 */
export function wordAt(text, from, most = 32) {
  let to = from
  const end = Math.min(text.length, from + most)
  while (to < end && isInWord(text, to)) to++
  if (to > from && to < end && (text[to] === "'" || text[to] === '’') && isInWord(text, to + 1)) {
    to++
    while (to < end && isInWord(text, to)) to++
  }
  return text.slice(from, to)
}

/**
 * The word that ends at a place; `signs` are part of words too.
 * @param {string} text @param {number} to @param {number} least  Where to stop looking.
 * @param {string} [signs]
 */
export function wordBefore(text, to, least, signs = '') {
  let from = to
  while (from > least && (isInWord(text, from - 1) || signs.includes(text.charAt(from - 1)))) from--
  while (from < to && signs.includes(text.charAt(from))) from++
  return text.slice(from, to)
}
