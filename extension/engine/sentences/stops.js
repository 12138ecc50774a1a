// Whether a full stop, or what is like one, ends its sentence.
//
// UAX #29 (Intl.Segmenter) ends none before a lower-case letter and one at every abbreviation. Both
// are wrong for what people write on the web, so these rules judge by the words around the stop. All
// of them look a bounded way back and ahead: the time for a text grows with its length alone.

import {abbreviationKind, beginsAbbreviation} from './abbreviations.js'
import {kindAt, wordAt, wordBefore} from './characters.js'
import * as words from './language-data.js'
import {GAP, OPENING, readTail, RUN, skip} from './signs.js'

/**
 * Where reading goes on, and whether a sentence ends there.
 * @typedef {{end: number, ends: boolean}} Stop
 *
 * @typedef {object} Place
 * @property {string} text
 * @property {number} start  Of the sentence.
 * @property {number} at  Of the stop.
 * @property {number} next  Of what follows, without the quotation mark or bracket that opens it.
 * @property {string} run  The stops.
 * @property {boolean} gap  Whether white space follows.
 * @property {boolean} opened  Whether a quotation mark or bracket follows.
 * @property {ReturnType<typeof readTail>} tail
 * @property {string} left  The word before, with full stops and hyphens in it.
 * @property {string} word  What follows, if it is a word.
 * @property {import('./characters.js').Kind} follows  What it begins with.
 */

const LOOK_BACK = 48 // characters: longer than any abbreviation with the word before it
const LOOK_AHEAD = 60
const BRACKET_REACH = 300 // a remark in brackets that is longer is cut like any text
const ADDRESS_REACH = 300 // to its beginning
const LONGEST_ADDRESS = 4096

const LINE_END = /[\n\r\v\f\u0085\u2028\u2029]/

/**
 * @param {string} text
 * @param {number} at  Of the first stop of a run; a letter, number or emoji of its sentence is
 *   before it.
 * @param {number} start  Of the sentence.
 * @param {(lineEnd: number) => import('./lines.js').Joined | null} nextLine  What a line goes on in,
 *   if it may have been wrapped.
 * @returns {Stop}
 */
export function readStop(text, at, start, nextLine) {
  const address = addressEnd(text, at)
  if (address > at) return {end: address, ends: false}
  const runEnd = skip(RUN, text, at)
  const tail = readTail(text, runEnd)
  let from = skip(GAP, text, tail.end)
  if (LINE_END.test(text.charAt(from))) {
    const joined = nextLine(from)
    if (!joined) return {end: tail.end, ends: true}
    from = joined.to
  }
  if (from >= text.length) return {end: tail.end, ends: true}
  const next = skip(OPENING, text, from)
  /** @type {Place} */ const place = {
    text,
    start,
    at,
    next,
    run: text.slice(at, runEnd),
    gap: from > tail.end,
    opened: next > from,
    tail,
    left: wordBefore(text, at, Math.max(start, at - LOOK_BACK), '.-'),
    word: wordAt(text, next),
    follows: kindAt(text, next),
  }
  const mark = footnoteNumberEnd(place)
  if (mark) return {end: mark, ends: true}
  return ends(place, from) ? {end: tail.end, ends: true} : {end: from, ends: false}
}

const JOINING_SIGN = /[,;:،؛、，；：/\\=&+%|@-]/ // directly behind a stop
const DASH_THEN_LOWER = /[-–—―]+\s?\p{Ll}/uy
const ENDS_WITHOUT_SPACE = /[^\uFE0E-\uFE0F\p{ASCII}…⋯‥․﹒]/u // 。 ？ ؟ । and so on

/** @param {Place} place @param {number} from  Of what follows, with its quotation marks. */
function ends(place, from) {
  const {text, at, run, tail, gap, follows} = place
  if (tail.bracketed && text[at - 1] === '(') return false // (?) (!)
  if (isInsideBracket(place)) return false
  if (!gap && JOINING_SIGN.test(text[from])) return false
  if (follows === 'sign' && skip(DASH_THEN_LOWER, text, from) > from) return false
  if (isSpeechTag(place)) return false
  if (run === '.') return gap ? endsStatement(place) : endsStatementWithoutSpace(place)
  if (ENDS_WITHOUT_SPACE.test(run)) return true
  if (/[!?]/.test(run)) return gap ? endsCall(place) : endsCallWithoutSpace(place)
  return endsEllipsis(place)
}

/** The text before the stop, as far as it matters. @param {Place} place */
function before({text, start, at}) {
  return text.slice(Math.max(start, at - LOOK_BACK), at)
}

// ---- Brackets and quotations

/** “It rained (a lot. Really.) and we left.”: a remark inside of a sentence. @param {Place} place */
function isInsideBracket({text, start, at}) {
  const before = text.slice(Math.max(start, at - BRACKET_REACH), at)
  if (!before.includes('(') && !before.includes('[') && !before.includes('（')) return false
  const open = /(?<![:;=][-^'’]?)[(（[][^()（）[\]]*$/.exec(before)
  if (!open || !/[\p{L}\p{N}]/u.test(before.slice(0, open.index))) return false
  const after = text.slice(at, at + BRACKET_REACH)
  return /^[^()（）[\]\n\r]*[)）\]](?:$|[.,;:!?…。，！？]|\s*[\p{Ll}\p{Lo}])/u.test(after)
}

const NAMED_SPEAKER = new RegExp(
  String.raw`(?:(?:\p{Lu}[\p{L}.'’-]*|[Tt]he|[Mm]y)(?: old| young| little)? ){1,3}(\p{Ll}+)` +
    String.raw`(?=[.,;:!?]|$| (?:to|in|with|as|and|again|back|at|from|\p{Ll}+ly)\b)`,
  'uy',
)
const SPEAKS_CJK = new RegExp(
  String.raw`[^。！？!?\n]{0,12}(?:[説說说道問问喊叫嚷吼骂罵答]|言[いっうわ]|聞[いきく]|` +
    String.raw`尋ね|たずね|つぶや|呟|囁|ささや|怒鳴|話し)`,
  'uy',
)
const QUOTING_PARTICLE = /(?:と|って|っていう|という|とか|なんて|などと)(?=[\p{L}、，])/uy
const THOUGHT_OR_SAID =
  /(?:と|って)[^。！？!?\n]{0,10}(?:言|叫|聞|思|答|呟|尋|笑|喜|感|書|つぶや|い[っう])/uy
const INVERSION = /\p{Ll}+(?:-t)?-(?:je|tu|il|elle|on|nous|vous|ils|elles)(?!\p{L})/uy

/** “Get out!” she said. @param {Place} place */
function isSpeechTag({text, start, run, tail, gap, opened, next, word, follows}) {
  if (opened) return false
  if (tail.quoted) {
    if (follows === 'lower') return true
    if (follows === 'upper') {
      if (words.SPEECH_VERBS.has(word.toLowerCase())) return true
      NAMED_SPEAKER.lastIndex = next
      return words.SPEECH_VERBS.has(NAMED_SPEAKER.exec(text)?.[1] ?? '')
    }
    if (follows !== 'letter') return false
    if (words.SPEECH_VERBS.has(word)) return true
    return skip(QUOTING_PARTICLE, text, next) > next || skip(SPEAKS_CJK, text, next) > next
  }
  if (run === '.') return false
  if (follows === 'letter') return !gap && skip(THOUGHT_OR_SAID, text, next) > next
  if (follows !== 'lower' || !/[-–—―]/.test(text.charAt(start))) return false
  return words.SPEECH_VERBS.has(word) || skip(INVERSION, text, next) > next // — Sors ! dit-il.
}

// ---- Exclamations and questions

const NAMES_WITH_MARK = /^(?:Yahoo|Jeopardy|Wham|Panic|Oklahoma)$/

/** @param {Place} place */
function endsCall({left, follows, tail, run}) {
  if (follows !== 'lower') return true
  if (tail.attached) return true
  return !tail.bracketed && !(run === '!' && NAMES_WITH_MARK.test(left))
}

/** @param {Place} place */
function endsCallWithoutSpace(place) {
  const {text, at, left, next, follows, opened, tail} = place
  if (tail.attached) return true
  if (follows === 'sign') return /[¿¡]/.test(text.charAt(next))
  if (isInCode(place)) return false
  if (tail.quoted || tail.bracketed) return !opened || follows !== 'lower'
  if (!left) return /[\p{N}\p{Extended_Pictographic}\uFE0F]/u.test(text.charAt(at - 1))
  if (left.length === 1 && follows === 'lower' && kindAt(left, 0) !== 'letter') return false // P!nk
  return !opened || follows !== 'lower'
}

// ---- Ellipses

/** @param {Place} place */
function endsEllipsis(place) {
  const {text, at, follows, word, gap, tail, next} = place
  if (follows === 'sign') return gap || /[¿¡]/.test(text.charAt(next))
  if (follows !== 'upper') return false
  // “Well... I think so.”: the capital of “I” tells nothing
  if (isI(word)) return before(place).trim().split(/\s+/).length > 3
  return gap || tail.attached || /[\p{Ll}!?]/u.test(text.charAt(at - 1))
}

/** @param {string} word */
function isI(word) {
  return /^I(?:['’]|$)/.test(word)
}

// ---- The full stop

/** @param {Place} place */
function endsStatement(place) {
  const {text, at, start, left, follows, tail, word, opened} = place
  if (isMarker(place)) return false
  const kind = abbreviationKind(left, text, at)
  if (tail.attached) return !(follows === 'lower' && kind)
  if (tail.quoted) return follows !== 'lower'
  if (tail.bracketed) return follows !== 'lower' || /[(（[]/.test(text[start])
  if (kindAt(text, at - 1) === 'digit') return endsWithNumber(place)
  if (left.length === 1 && kind !== 'never') return endsWithLetter(place)
  if (left.length > 1 && follows === 'lower' && ROMAN.test(left)) return words.isOpener(word)
  switch (kind) {
    case null:
      return true
    case 'never':
      return false
    case 'number':
      return follows !== 'digit' && !(word !== 'I' && ROMAN.test(word))
    case 'month':
      return follows !== 'digit' && follows !== 'lower'
    case 'often':
      return follows !== 'lower' && follows !== 'digit' && !goesOnAfterTime(place)
    case 'seldom':
      if (follows === 'upper') return words.isOpener(word) || isI(word)
      return (
        (follows === 'letter' && kindAt(left, 0) !== 'letter') || (follows === 'sign' && opened)
      )
  }
}

const ROMAN = /^[IVXLC]+$/

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
  if (kind === 'lower') return follows !== 'digit' || !/[pfvnc]/.test(left)
  if (left === 'I')
    return follows !== 'upper' || words.isOpener(word) || kindAt(previous, 0) !== 'upper'
  if (follows === 'lower') return words.isOpener(word)
  if (follows === 'digit') return !/[SPVNC]/.test(left)
  if (follows !== 'upper') return follows === 'sign'
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
  while (to > least && /\s/.test(text[to - 1])) to--
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
  const [last, beforeLast] =
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
function isInCode(place) {
  const left = /[\x21-\x7E]*$/.exec(before(place))?.[0] ?? ''
  const right =
    /^[\x21-\x7E]*/.exec(place.text.slice(place.at + 1, place.at + LOOK_AHEAD))?.[0] ?? ''
  return CODE.test(left) || CODE.test(right) || /^\w+\(/.test(right)
}

const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u
const SHORT_PRONOUN = /^(?:i|u|im|idk|lol|omg)$/

/** “It rained.Then we left.”, and not “example.com”. @param {Place} place */
function endsStatementWithoutSpace(place) {
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
function footnoteNumberEnd({text, at, left, run, gap, next, follows, opened}) {
  if (follows !== 'digit' || gap || opened || run !== '.') return 0
  if (left.length < 3 || abbreviationKind(left, text, at)) return 0
  const mark = /^\p{Nd}{1,3}(?=\s+["“(]?\p{Lu}|\s*$)/u.exec(text.slice(next, next + 8))
  return mark ? next + mark[0].length : 0
}

const ADDRESS =
  /(?:[a-z][a-z0-9+.-]{1,10}:\/\/|www\.)[^\s<>"“”«»、。，！？；：（）「」『』\u3000]*$/i
const IN_ADDRESS = /^[^\s<>"“”«»„、。，！？；：（）「」『』\u3000]*/

/**
 * Where an address ends that a stop is part of, punctuation behind it left out; the stop's own
 * place if it is of none.
 * @param {string} text
 * @param {number} at
 */
function addressEnd(text, at) {
  if (!/[\w/#&=%-]/.test(text.charAt(at + 1))) return at
  if (!ADDRESS.test(text.slice(Math.max(0, at - ADDRESS_REACH), at + 1))) return at
  const rest = IN_ADDRESS.exec(text.slice(at, at + LONGEST_ADDRESS))?.[0] ?? ''
  return at + rest.replace(/[.,;:!?'’)\]}…]+$/, '').length
}
