// Cuts a text into sentences, with their places in it.

import {kindAt} from './sentences/characters.js'
import {createLineReader} from './sentences/lines.js'
import {GAP, skip} from './sentences/signs.js'
import {emoteEnd, readStop} from './sentences/stops.js'

/**
 * Where a sentence is: UTF-16 units of the text, white space at its ends left out. `text`: what the
 * model is to read. That is the text of this place, but for what comes of wrapping lines by hand: a
 * divided word is whole in it, and marks of quotation at the beginning of a line are left out.
 * @typedef {{start: number, end: number, text: string}} Span
 * @typedef {import('./sentences/types.js').Edit} Edit
 */

const SAYS_SOMETHING = /[\p{L}\p{N}\p{Extended_Pictographic}\p{RI}]/u
const HAS_WORDS = /[\p{L}\p{N}]/u
/** Where a sentence or an item of a list may end. */
const CANDIDATE = /[\p{STerm}…⋯\n\r\v\f\u0085\u2028\u2029\t•●▪◦‣►✓✔✅☑➤)(\p{Emoji_Presentation}☹☺]/u
const EMOTE = /^[()\p{Emoji_Presentation}☹☺]/u
const LINE_BREAK = /[\n\r\v\f\u0085\u2028\u2029]/
const ITEM_SIGN = /[\t•●▪◦‣►✓✔✅☑➤)]/
/** Marks of quotation in front of what somebody wrote before: “> ”, and not “> 5”. */
const QUOTE_MARK = /(?:>[ \t]?){1,20}(?<=[ \t])[ \t]{0,20}(?=[\p{L}"'“‘«„¿¡(*_])/uy
const PARAGRAPH_END = /[\f\u2029]/
const BULLET = /[•●▪◦‣►✓✔✅☑➤]/
const FIRST_ITEM = /^(\d{1,2}|[a-z])([.)])/
const SEVERAL_WORDS = /[\p{L}\p{N}]\s+[\p{L}\p{N}]/u
const CELL_LOOK = 80
const CELL_END = /[\t\n\r]/
const ONE_LINE_BREAK = /^[^\n\r]{0,20}(?:\r\n|[\n\r])[^\n\r]{0,20}$/
// No sentence is that long: it is a file, a log, one word. The model reads it in windows either
// way, but what has to be done with it in one go stays short.
const LONGEST = 2 ** 17
const REST_EVERY = 64 // candidates
const LOOK_AT_ONCE = 2 ** 14 // characters without a candidate

/**
 * The sentences of a text in order. What holds no letter, number or emoji belongs to the sentence
 * before it on its line (“… :(”), and is left out where there is none (“* * *”), unless the text
 * holds nothing else.
 * @param {string} text @returns {Span[]}
 */
export function segments(text) {
  return Array.from(segmentsStepwise(text)).filter((span) => span !== null)
}

/**
 * The same, one after another; null in between, where the caller may rest: after a few
 * milliseconds, whatever the text. Takes time and memory in proportion to the text.
 * @param {string} text @returns {Generator<Span | null>}
 */
export function* segmentsStepwise(text) {
  yield* new Cutter(text).run()
}

/** Goes through a text once. */
class Cutter {
  /** Sentences that are done. @type {Span[]} */ #ready = []
  /** @type {Edit[]} */ #edits = []
  /** The last sentence: more may belong to it. @type {Span | null} */ #last = null
  #isSameLine = false // as that of the last sentence
  #start = 0 // of the sentence
  #lineStart = 0
  #at = 0
  // where the first letter, number or emoji of the sentence is, and up to where there is none
  #speech = -1
  #silence = 0

  /** @param {string} text */
  constructor(text) {
    this.text = text
    this.lines = createLineReader(text)
  }

  /** @returns {Generator<Span | null>} */
  *run() {
    const {text} = this
    this.#start = this.#at = skip(QUOTE_MARK, text, 0)
    for (let candidates = 1; this.#at < text.length; candidates++) {
      if (this.#ready.length) yield* this.#ready.splice(0)
      if (candidates % REST_EVERY === 0) yield null
      const limit = Math.min(text.length, this.#at + LOOK_AT_ONCE)
      const found = indexIn(text, CANDIDATE, this.#at, limit)
      const place = found < 0 ? limit : found
      while (place - this.#start > LONGEST) this.#close(partEnd(text, this.#start, LONGEST))
      if (found < 0) {
        yield null
        this.#at = limit
      } else this.#take(place)
    }
    this.#close(text.length)
    if (this.#last) this.#ready.push(this.#last)
    yield* this.#ready.length ? this.#ready : whole(text)
  }

  /** @param {number} place  Of a candidate. */
  #take(place) {
    this.#at = place + 1
    const sign = this.text.charAt(place)
    if (LINE_BREAK.test(sign)) this.#endLine(place, sign)
    else if (EMOTE.test(this.text.slice(place, place + 2))) this.#endEmote(place)
    else if (ITEM_SIGN.test(sign)) this.#close(itemEnd(this.text, this.#start, place))
    else if (this.#says(place)) this.#endStop(place)
  }

  /** @param {number} place @param {string} sign  The line break there. */
  #endLine(place, sign) {
    const {text, lines} = this
    const next = text.startsWith('\r\n', place) ? place + 2 : place + 1
    const mayGoOn = this.#says(place) && !PARAGRAPH_END.test(sign)
    const joined = mayGoOn && lines.goesOn(this.#lineStart, place)
    if (joined) {
      this.#goOn(joined)
      this.#at = joined.to
      return
    }
    this.#close(place)
    this.#isSameLine = false
    this.#lineStart = next
    this.#start = this.#at = skip(QUOTE_MARK, text, skip(GAP, text, next))
  }

  /** @param {number} place  Of an emoji, or of an emoticon's bracket. */
  #endEmote(place) {
    const {text} = this
    this.#close(itemEnd(text, this.#start, place))
    const end = emoteEnd(text, place, this.#start)
    if (end < 0) return
    this.#close(end)
    this.#start = this.#at = skip(GAP, text, end)
  }

  /** @param {number} place  Of a full stop, or the like. */
  #endStop(place) {
    const {text, lines} = this
    this.#close(itemEnd(text, this.#start, place))
    /** @type {import('./sentences/lines.js').Joined | null} */ let joined = null
    const stop = readStop(text, place, this.#start, (lineEnd) => {
      joined = lines.afterStop(this.#lineStart, lineEnd)
      return joined
    })
    this.#at = Math.max(this.#at, stop.end)
    if (stop.ends) {
      this.#close(stop.end)
      this.#start = skip(GAP, text, stop.end)
    } else if (joined) this.#goOn(joined)
  }

  /** @param {import('./sentences/lines.js').Joined} joined */
  #goOn({start, edit}) {
    this.#lineStart = start
    if (edit) this.#edits.push(edit)
  }

  /** Whether something was said from the start of the sentence up to a place. @param {number} to */
  #says(to) {
    if (this.#speech < this.#start) {
      const from = Math.max(this.#start, this.#silence)
      this.#speech = from < to ? indexIn(this.text, SAYS_SOMETHING, from, to) : -1
      this.#silence = to
    }
    return this.#speech >= this.#start && this.#speech < to
  }

  /**
   * Whether signs or emoji belong to the sentence before them: on its line, and emoji in the next.
   * @param {Span} last @param {Span} span @param {boolean} speaks
   */
  #belongs(last, span, speaks) {
    if (span.end - last.start > LONGEST) return false
    const between = this.text.slice(last.end, span.start)
    return this.#isSameLine || (speaks && ONE_LINE_BREAK.test(between))
  }

  /** End the sentence, or what is less than one. @param {number} end  At most its start: do not. */
  #close(end) {
    const {text} = this
    const from = this.#start
    if (end <= from) return
    const speaks = this.#says(end)
    const [found] = whole(text.slice(from, end))
    this.#start = end
    if (!found) return
    const span = {start: from + found.start, end: from + found.end, text: found.text}
    if (this.#edits.length) {
      span.text = edited(text, span, this.#edits)
      this.#edits = this.#edits.filter(({from}) => from >= end)
    }
    const last = this.#last
    if (last && !HAS_WORDS.test(span.text) && this.#belongs(last, span, speaks)) {
      const between = text.slice(last.end, span.start)
      this.#last = {start: last.start, end: span.end, text: last.text + between + span.text}
    } else if (speaks) {
      if (last) this.#ready.push(last)
      this.#last = span
    }
    this.#isSameLine = true
  }
}

/**
 * Where the first match of a pattern of one character begins, in a part of a text; -1 if none does.
 * @param {string} text @param {RegExp} pattern @param {number} from @param {number} to
 */
function indexIn(text, pattern, from, to) {
  // not half a character at its end
  const end = to < text.length && isLowSurrogate(text.charCodeAt(to)) ? to + 1 : to
  const found = text.slice(from, end).search(pattern)
  return found < 0 ? -1 : from + found
}

/** @param {number} unit */
function isLowSurrogate(unit) {
  return unit >= 0xdc00 && unit <= 0xdfff
}

/**
 * Where what goes on at a sign ends because a new item of a list or cell of a table begins there:
 * “• Fast • Cheap”, “1. Open it 2. Go in”. -1 if none does.
 * @param {string} text @param {number} start @param {number} place  Of the sign.
 */
function itemEnd(text, start, place) {
  const sign = text.charAt(place)
  if (sign !== ')' && sign !== '\t' && !BULLET.test(sign) && kindAt(text, place - 1) !== 'digit')
    return -1
  if (sign === '\t') {
    // of a table without sentences; a cell of one word belongs to what is beside it
    const [after = ''] = text.slice(place + 1, place + 1 + CELL_LOOK).split(CELL_END)
    const before = text.slice(Math.max(start, place - CELL_LOOK), place)
    return SEVERAL_WORDS.test(before) && SEVERAL_WORDS.test(after) ? place : -1
  }
  if (BULLET.test(sign))
    return text[start] === sign && /\s.\s/u.test(text.slice(place - 1, place + 2)) ? place : -1
  const [, number, own] =
    /\s(?=((?:\d{1,2}|[a-z])([.)]))$)/.exec(text.slice(place - 4, place + 1)) ?? []
  if (!number || own !== sign || !/\s/.test(text.charAt(place + 1))) return -1
  const [, first = '', firstSign] = FIRST_ITEM.exec(text.slice(start, start + 4)) ?? []
  const follows = firstSign === sign && ordinal(number) === ordinal(first) + 1
  return follows ? place + 1 - number.length : -1
}

/** @param {string} number  Like “2.” or “b)”. */
function ordinal(number) {
  return Number.parseInt(number) || number.charCodeAt(0)
}

/**
 * What the model is to read of a sentence.
 * @param {string} text @param {Span} span @param {Edit[]} edits  In order, of it and what follows.
 */
function edited(text, {start, end}, edits) {
  let at = start
  let result = ''
  for (const {from, to, by} of edits) {
    if (from < at || to > end) continue
    result += text.slice(at, from) + by
    at = to
  }
  return result + text.slice(at, end)
}

/**
 * Where the first part of a text ends that is at most so long: behind a word if there is one.
 * @param {string} text @param {number} start @param {number} most
 */
export function partEnd(text, start, most) {
  if (text.length - start <= most) return text.length
  const space = text.slice(start, start + most).lastIndexOf(' ')
  if (space > 0) return start + space
  return isLowSurrogate(text.charCodeAt(start + most)) ? start + most - 1 : start + most
}

/**
 * All of a text as one span; none if there is only white space.
 * @param {string} text
 * @returns {Span[]}
 */
export function whole(text) {
  const trimmed = text.trim()
  if (!trimmed) return []
  const start = text.length - text.trimStart().length
  return [{start, end: start + trimmed.length, text: trimmed}]
}
