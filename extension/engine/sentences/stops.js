// Whether a full stop, or what is like one, ends its sentence.
//
// UAX #29 (Intl.Segmenter) ends none before a lower-case letter and one at every abbreviation. Both
// are wrong for what people write on the web, so these rules judge by the words around the stop.
// All of them look a bounded way back and ahead: the time for a text grows with its length alone.

import {kindAt, wordAt, wordBefore} from './characters.js'
import {
  before,
  endsStatement,
  endsStatementWithoutSpace,
  footnoteNumberEnd,
  isI,
  isInCode,
  LOOK_BACK,
} from './full-stop.js'
import * as words from './language-data.js'
import {GAP, OPENING, readTail, RUN, skip} from './signs.js'

/**
 * Where reading goes on, and whether a sentence ends there.
 * @typedef {{end: number, ends: boolean}} Stop
 *
 * @typedef {import('./types.js').Place} Place
 */

const BRACKET_REACH = 300 // a remark in brackets that is longer is cut like any text
const EMOTE_LOOK = 48
const ADDRESS_REACH = 300 // to its beginning
const LONGEST_ADDRESS = 4096

const LINE_END = /[\n\r\v\f\u0085\u2028\u2029]/

/**
 * @param {string} text
 * @param {number} at  Of the first stop of a run; a letter, number or emoji of its sentence is
 *   before it.
 * @param {number} start  Of the sentence.
 * @param {(lineEnd: number) => import('./lines.js').Joined | null} nextLine  What a line goes on
 *   in, if it may have been wrapped.
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
  if (!gap && JOINING_SIGN.test(text.charAt(from))) return false
  if (follows === 'sign' && skip(DASH_THEN_LOWER, text, from) > from) return false
  if (isSpeechTag(place)) return false
  if (run === '.') return gap ? endsStatement(place) : endsStatementWithoutSpace(place)
  if (ENDS_WITHOUT_SPACE.test(run)) return true
  if (/[!?]/.test(run)) return gap ? endsCall(place) : endsCallWithoutSpace(place)
  return endsEllipsis(place)
}

// ---- Brackets and quotations

/** “It rained (a lot. Really.) and we left.”: a remark inside a sentence. @param {Place} place */
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
  if (follows === 'letter') return tail.attached
  if (follows !== 'upper') return false
  // “Well... I think so.”: the capital of “I” tells nothing
  if (isI(word)) return before(place).trim().split(/\s+/).length > 3
  return gap || tail.attached || /[\p{Ll}!?]/u.test(text.charAt(at - 1))
}

// ---- Emoji and emoticons without a stop

const EMOTICON_BEFORE = /(?<=\p{L}[!?]*\s)(?:[:;=8][-^'’o]?|['’])[()]+$/u
const HEART = /[❤♥💔-💟🖤🤍🤎🧡♡]/u
const LAST_WORDS = /(\p{L}+)\s+\p{L}[\p{L}\p{M}'’]*\s*$/u

/**
 * Where a sentence ends with an emoji or emoticon in place of a stop, if a word follows that begins
 * one beyond doubt: “I moved out :( The flat is tiny”. -1 if none does.
 * @param {string} text
 * @param {number} at  Of an emoji, or of an emoticon's bracket.
 * @param {number} start  Of the sentence.
 */
export function emoteEnd(text, at, start) {
  const isBracket = /[()]/.test(text.charAt(at))
  const back = text.slice(Math.max(start, at - EMOTE_LOOK), isBracket ? at + 1 : at)
  const emoticon = isBracket ? EMOTICON_BEFORE.exec(back) : null
  if (isBracket ? !emoticon : HEART.test(text.slice(at, at + 2))) return -1 // “I ❤️ My Town”
  if (!LAST_WORDS.test(emoticon ? back.slice(0, emoticon.index) : back)) return -1
  const {end} = readTail(text, isBracket ? at + 1 : at)
  const from = skip(GAP, text, end)
  const word = wordAt(text, skip(OPENING, text, from))
  if (from === end || kindAt(word, 0) !== 'upper') return -1
  return words.isOpener(word) || isI(word) ? end : -1
}

// ---- Addresses

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
