// Whether a full stop alone ends its sentence, by the words around it.

import {abbreviationKind, beginsAbbreviation} from './abbreviations.js'
import {kindAt, wordBefore} from './characters.js'
import * as words from './language-data.js'

/** @typedef {import('./types.js').Place} Place */

export const LOOK_BACK = 48 // characters: longer than any abbreviation with the word before it
const LOOK_AHEAD = 60

/** The text before the stop, as far as it matters. @param {Place} place */
export function before({text, start, at}) {
  return text.slice(Math.max(start, at - LOOK_BACK), at)
}

/** @param {string} word */
export function isI(word) {
  return /^I(?:['’]|$)/.test(word)
}

/** In front of white space. @param {Place} place */
export function endsStatement(place) {
  const {text, at, start, left, follows, tail, word, opened} = place
  if (isMarker(place)) return false
  const kind = abbreviationKind(left, text, at)
  if (tail.attached) return !(follows === 'lower' && kind)
  if (tail.quoted) return follows !== 'lower'
  if (tail.bracketed) return follows !== 'lower' || /[(（[]/.test(text.charAt(start))
  if (kindAt(text, at - 1) === 'digit') return endsWithNumber(place)
  if (left.length === 1 && kind !== 'never') return endsWithLetter(place)
  if (left.length > 1 && follows === 'lower' && ROMAN.test(left)) return words.isOpener(word)
  switch (kind) {
    case null:
      return true
    case 'never':
      return false
    case 'number':
      return follows !== 'digit' && !(word !== 'I' && ROMAN.test(word)) && !countsOn(place)
    case 'month':
      return follows !== 'digit' && follows !== 'lower'
    case 'often':
      return follows !== 'lower' && follows !== 'digit' && !goesOnAfterTime(place)
    case 'seldom':
      if (follows === 'lower') return kindAt(text, start) === 'lower' && CHATTED.test(word)
      if (follows === 'upper') return words.isOpener(word) || isI(word)
      return (
        (follows === 'letter' && kindAt(left, 0) !== 'letter') || (follows === 'sign' && opened)
      )
  }
}

/** What begins a sentence where all is written in lower case: “in 5 min. i promise”. */
const CHATTED = /^(?:i|he|she|we|they|you|it|so|but|ich|du|wir|aber|je|tu|il|elle|mais|yo|pero)$/
const ROMAN = /^[IVXLC]+$/

/** “max. fünf”: a number in words, in lower case. @param {Place} place */
function countsOn({follows, word}) {
  return follows === 'lower' && words.NUMBER_WORDS.has(word)
}

const DAY_OR_ZONE = /^(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[ECMP][SD]?T|GMT|UTC|CEST)$/
const BEGINS_WITH_TIME = /^(?:At|By|Around|About|Until|Before|After)\b/

/** “At 5 p.m. I left.” @param {Place} place */
function goesOnAfterTime({left, word, text, start, at}) {
  if (!/[ap]\.m$/i.test(left)) return false
  if (DAY_OR_ZONE.test(word)) return true
  return isI(word) && at - start < 30 && BEGINS_WITH_TIME.test(text.slice(start, at))
}

const MARKER = /^[(（[]?(?:\p{Nd}{1,3}|\p{L}|[IVX]{1,4})[)\]]?$/u

/** Whether all of the sentence so far is “1” or “a”, the mark of an item. @param {Place} place */
function isMarker({text, start, at}) {
  return at - start <= 5 && MARKER.test(text.slice(start, at))
}

const NAME_PARTICLE = /^(?:D[aeu]|Des?|Del|Le|La|El|Al|Von|Van)$/
const SEPARATOR = /[·•|/–—&+-]/
const INITIAL_BEFORE = /\p{Lu}\.\s?\p{Lu}$/u // W. E. B. Du Bois

/**
 * A single letter: an initial (“J. Doe”), a mark (“a. First”), or a word (“So am I.”).
 * @param {Place} place
 */
function endsWithLetter(place) {
  const {text, at, start, left, follows, word, next} = place
  if (word.length === 1 && text[next + 1] === '.' && text[next + 2] !== '.') return isI(word) // z. B.
  if (beginsAbbreviation(left, word)) return false // v. Chr.
  const previous = wordBefore(text, skipBack(text, at - 1, start), start)
  if (words.LETTERED.has(previous.toLowerCase())) return true
  const kind = kindAt(left, 0)
  if (kind === 'letter') return !/[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(left)
  if (kind === 'lower') {
    if (left === 'u' && follows === 'upper' && kindAt(previous, 0) === 'upper')
      return words.isOpener(word) // Mehl u. Eier
    if (follows === 'digit' && /[bd]/.test(left))
      return !/^\d{4}(?!\d)/.test(text.slice(next, next + 5)) // b. 1950
    return follows !== 'digit' || !(/[pfvnc]/.test(left) || /\d u$/.test(before(place)))
  }
  if (left === 'I')
    return follows !== 'upper' || words.isOpener(word) || kindAt(previous, 0) !== 'upper'
  const isOfName = kindAt(previous, 0) === 'upper' // “Anna S. am 3. Mai”, “Anna S. · 3 May”
  if (follows === 'lower') return !isOfName && words.isOpener(word)
  if (follows === 'digit') return !/[SPVNC]/.test(left)
  if (follows !== 'upper')
    return follows === 'sign' && !(isOfName && SEPARATOR.test(text.charAt(next)))
  if (NAME_PARTICLE.test(word) && INITIAL_BEFORE.test(before(place))) return false
  return (
    words.isOpener(word) || isI(word) || (/^(?:an?|the|my)$/.test(previous) && /[A-F]/.test(left))
  )
}

/**
 * Before the white space that ends at a place.
 * @param {string} text
 * @param {number} to
 * @param {number} least
 */
function skipBack(text, to, least) {
  while (to > least && /\s/.test(text.charAt(to - 1))) to--
  return to
}

/**
 * A number: the mark of a list's item (“1. Open the door.”), a German ordinal (“am 3. Oktober”) or
 * the end.
 * @param {Place} place
 */
function endsWithNumber(place) {
  const {follows, word} = place
  const text = before(place)
  const number = /(?:^|[^\p{L}\p{N}.,:/-])(?:\p{Nd}{1,2}\.)?\p{Nd}{1,2}$/u.exec(text)
  if (!number) return true
  if (follows === 'upper' && words.AFTER_ORDINAL.has(word.toLowerCase())) return false
  const [last = '', beforeLast] =
    text
      .slice(0, number.index)
      .toLowerCase()
      .match(/\p{L}+/gu)
      ?.toReversed() ?? []
  const isGerman = words.BEFORE_ORDINAL.has(last) && beforeLast !== 'i' // “I am 5.”
  if (!isGerman) return true
  if (follows === 'lower' || follows === 'digit') return false
  return follows !== 'upper' || words.isOpener(word)
}

const CODE = /[@/\\_=<>{}|#$&+~^]/

/** Whether a stop is part of an address, a path or a program. @param {Place} place */
export function isInCode(place) {
  const left = /[\x21-\x7E]*$/.exec(before(place))?.[0] ?? ''
  const right =
    /^[\x21-\x7E]*/.exec(place.text.slice(place.at + 1, place.at + LOOK_AHEAD))?.[0] ?? ''
  return CODE.test(left) || CODE.test(right) || /^\w+\(/.test(right)
}

const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u
const SHORT_PRONOUN = /^(?:i|u|im|idk|lol|omg)$/

/** “It rained.Then we left.”, and not “example.com”. @param {Place} place */
export function endsStatementWithoutSpace(place) {
  const {text, at, start, follows, word, next, opened, tail} = place
  if (tail.attached || /[¿¡]/.test(text.charAt(next))) return true
  if (isMarker(place) || isInCode(place)) return false
  const isUpper = follows === 'upper'
  const begins = words.isOpener(word) || isI(word)
  if (follows === 'letter') return endsBeforeUncased(place)
  if (!isUpper && follows !== 'lower') return false
  if (tail.quoted || tail.bracketed) return isUpper
  const left = place.left.slice(place.left.lastIndexOf('.') + 1)
  if (opened) return isUpper && left.length > 1
  if (!left) {
    const sign = text.charAt(at - 1) // “.NET”, and “sad .Then”, “in 2019.Then”
    return isUpper && begins && /[\s\p{N})\]"”’%]/u.test(sign)
  }
  const after = text.slice(next + word.length, next + word.length + 2)
  if (left.length === 1 || (word.length === 1 && after[0] === '.')) return false
  const kind = abbreviationKind(place.left, text, at)
  if (kind && kind !== 'number') return false
  const isName = words.FILE_OR_DOMAIN.has(word.toLowerCase())
  const isNoFile = words.NO_FILE_NAME.has(left.toLowerCase())
  const isOneOfMany = /^\.[\p{L}\p{N}]/u.test(after) || left !== place.left
  if (isUpper) {
    if (begins) return true
    if (isName || isOneOfMany) return false
    if (/\p{Ll}\p{Lu}/u.test(word)) return false // getElement
    return at - start > left.length || /^(?:$|[,!?\s])/.test(after)
  }
  if (isOneOfMany && !isNoFile) return false
  if (isName) return isNoFile && begins
  return (begins || SHORT_PRONOUN.test(word)) && !/^[(.\w]/.test(after)
}

/** In front of a script without capitals. @param {Place} place */
function endsBeforeUncased({text, at, left, word}) {
  if (!left) return /[)\]"”’]/.test(text.charAt(at - 1))
  if (CJK.test(word))
    return CJK.test(left) || (left.length > 1 && !abbreviationKind(left, text, at))
  return left.length > 2 && word.length > 1
}

/**
 * Where a footnote's number ends that was raised on the page: “… for years.3 Then …”. 0 if there is
 * none.
 * @param {Place} place
 */
export function footnoteNumberEnd({text, at, left, run, gap, next, follows, opened}) {
  if (follows !== 'digit' || gap || opened || run !== '.') return 0
  if (left.length < 3 || abbreviationKind(left, text, at)) return 0
  const mark = /^\p{Nd}{1,3}(?=\s+["“(]?\p{Lu}|\s*$)/u.exec(text.slice(next, next + 8))
  return mark ? next + mark[0].length : 0
}
