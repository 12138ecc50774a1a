// Whether a word with a full stop behind it is an abbreviation.

import * as words from './language-data.js'

/**
 * How a full stop behind an abbreviation is read. `never`: it ends no sentence. `seldom`: one if a
 * sentence begins there beyond doubt. `often`: one if no lower-case word follows. `number`: the
 * word is an abbreviation before a number alone; `month`: or in front of a lower-case word.
 * @typedef {'never' | 'seldom' | 'often' | 'number' | 'month'} Abbreviation
 */

/** @type {Map<string, Abbreviation>} */
const KINDS = new Map()
for (const [kind, list] of /** @type {[Abbreviation, Set<string>][]} */ ([
  ['number', words.BEFORE_NUMBER],
  ['month', words.SHORT_MONTH],
  ['seldom', words.SELDOM_LAST],
  ['often', words.OFTEN_LAST],
  ['never', words.NEVER_LAST],
])) {
  for (const word of list) KINDS.set(word, kind)
}

const LONGEST = 12
const SPACED = /(?:^|[\s(])(\p{L}(?:\.\s?\p{L})?)\.\s$/u

/**
 * Whether a letter and a word are one that is written with a space: “v. Chr.”
 * @param {string} letter
 * @param {string} word
 */
export function beginsAbbreviation(letter, word) {
  return KINDS.has(`${letter}.${word}`.toLowerCase())
}

/**
 * @param {string} written  The word before the stop, full stops in it included.
 * @param {string} text
 * @param {number} at  Of the stop.
 * @returns {Abbreviation | null}
 */
export function abbreviationKind(written, text, at) {
  const begin = at - written.length
  if (!written || written.length > LONGEST || text[begin - 1] === '.') return null // .env
  const spaced = SPACED.exec(text.slice(Math.max(0, begin - 6), begin))?.[1] // “z. ” before “B”
  const joined = spaced && `${spaced}.${written}`.toLowerCase()
  if (joined && KINDS.has(joined)) return KINDS.get(joined) ?? null
  const word = written.toLowerCase()
  const isCapital = word !== written
  if (words.AFTER_NUMBER.has(word) && isBehindNumber(text, begin)) return 'seldom'
  const kind = KINDS.get(word)
  if (kind === 'month') return isCapital ? kind : 'number'
  if (kind && words.CAPITALIZED_ONLY.has(word)) return isCapital ? kind : null
  if (kind) return kind
  if (word.includes('.')) {
    if (/^(?:\p{L}\p{M}*\.-?)+\p{L}\p{M}?$/u.test(word)) return 'seldom' // U.S
    // “Prof.Dr”, and not “correo.mx”
    if (word.split('.').every((part) => KINDS.get(part) === 'never' || part === 'med'))
      return 'never'
  }
  return word.endsWith('str') && word.length > 4 ? 'number' : null // Hauptstr. 5
}

/** @param {string} text @param {number} at */
function isBehindNumber(text, at) {
  const before = text.slice(Math.max(0, at - LONGEST), at)
  if (/\p{N}\s?$/u.test(before)) return true
  const word = /(?:^|\P{L})(\p{L}+)\s$/u.exec(before)?.[1]
  return word !== undefined && words.NUMBER_WORDS.has(word.toLowerCase())
}
