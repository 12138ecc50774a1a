// Whether a line break ends a sentence, or only a line that was wrapped by hand.
//
// Both look alike where the next line begins with a capital: a letter of plain text, and a list, a
// poem or two headlines. So signs are weighed: how the line ends, how the next one begins, and
// whether the lines of the paragraph fill its width. In doubt, a line is a line.

import * as words from './language-data.js'

/**
 * `start` to `end`: all of it. `from` to `to`: its text, without white space at the ends and marks
 * of quotation. `text`: that, or of a long line its beginning and its end. `quote`: how deep it is
 * quoted.
 * @typedef {{start: number, end: number, from: number, to: number, text: string, quote: number}}
 *   Line
 *
 * How a line goes on: where the next one and its text begin, and what the model is to read in place
 * of what is between.
 * @typedef {{start: number, to: number, edit: import('./types.js').Edit | null}} Joined
 *
 * Lines without a blank one between them, as many as are looked at in one go.
 * @typedef {{to: number, lines: Line[], isVerse: boolean, filled: number}} Paragraph
 */

const WRAPPED_FROM = 25 // characters; shorter lines are messages, items, verses
const LONG_FROM = 40
const WRAPPED_TO = 130 // nobody wraps later
const WRAPPED_CJK_FROM = 15
const LINES_AT_ONCE = 40
const LOOK_AT = 400 // characters of a line, at both ends
const ENOUGH = 3 // of the signs for a wrapped line
const VERSE_TO = 50 // characters of the longest line, where they differ much
const LONG_WORD = 25 // an address is longer than the lines around it
const OPEN_BRACKET = /[(（[][^()（）[\]]*$/

const LINE = /[^\n\r\v\f\u0085\u2028\u2029]*/y
const BREAK = /\r\n|[\n\r\v\u0085\u2028]/y // a page's or paragraph's end is none of these
const QUOTED = /^(?:\s?>)+\s?/
const ITEM = new RegExp(
  String.raw`^(?:[-–—*•●▪◦‣·►▶✓✔✗☐☑+]\s|\p{Extended_Pictographic}|#{1,6}\s|[|[{<]|https?:|` +
    String.raw`\(?(?:\p{Nd}{1,3}|\p{L}|[ivx]{1,4})[.)]\s)`,
  'iu',
)
const SPEAKER = new RegExp(
  String.raw`^(?:\[?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s?(?:[ap]m)?\]?\s|` + // 10:32
    String.raw`[<[(][\p{L}\p{N}_. -]{1,24}[>\])]\s|` + // <anna>
    String.raw`[\p{L}\p{N}_.][\p{L}\p{N}_.'’ -]{0,24}\s?[:：](?:\s|$))`, // Anna:
  'iu',
)
const STOPPED = /[\p{STerm}…:：][”"'’»«“)\]）」』*_]*$/u
const CJK_END = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}、，ー]$/u
const CJK_START = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}「『（ー]/u
const CJK_DANGLING = /[、，のをにはがでとへやも的和在是把被从對对與与跟]$/
const DIVIDED = /(?<![\p{L}\p{M}])([\p{L}\p{M}]{2,})[-\u2010\u00AD]$/u

/** @param {string} text */
export function createLineReader(text) {
  /** @type {Paragraph} */ let paragraph = {to: -1, lines: [], isVerse: false, filled: 0}

  /**
   * The line that a break ends, and the next one; null where a blank one or nothing follows.
   * @param {number} lineStart @param {number} at  Of the break.
   */
  function around(lineStart, at) {
    if (lineStart >= paragraph.to) paragraph = readParagraph(text, lineStart)
    const index = paragraph.lines.findIndex(({end}) => end >= at)
    const [line, next] = [paragraph.lines[index], paragraph.lines[index + 1]]
    return line && next && line.quote === next.quote ? {line, next} : null
  }

  return {
    /**
     * How a line of a stop may go on, if it is so long that it may have been wrapped there.
     * @param {number} lineStart
     * @param {number} at  Of the break.
     * @returns {Joined | null}
     */
    afterStop(lineStart, at) {
      const found = around(lineStart, at)
      if (!found || isOfItsOwn(found.next)) return null
      const length = lengthOf(found.line)
      return length < LONG_FROM || length > WRAPPED_TO ? null : join(found, '')
    },

    /**
     * How a line without a stop goes on, if it does.
     * @param {number} lineStart
     * @param {number} at  Of the break.
     * @returns {Joined | null}
     */
    goesOn(lineStart, at) {
      const found = around(lineStart, at)
      if (!found) return null
      const {line, next} = found
      const hyphen = divided(line, next)
      if (hyphen) return join(found, hyphen)
      const isCjk = CJK_END.test(line.text) && CJK_START.test(next.text)
      const isWrapped = !isOfItsOwn(next) && weigh(line, next, paragraph, isCjk) >= ENOUGH
      return isWrapped ? join(found, isCjk ? 'cjk' : '') : null
    },
  }
}

/**
 * @param {{line: Line, next: Line}} lines
 * @param {ReturnType<typeof divided> | 'cjk' | ''} how
 * @returns {Joined}
 */
function join({line, next}, how) {
  const from = how === 'whole' ? line.to - 1 : line.to
  const by = how && how !== 'open' ? '' : ' '
  // a line break alone is as good as a space
  return {
    start: next.start,
    to: next.from,
    edit: how || line.quote ? {from, to: next.from, by} : null,
  }
}

/** An item of a list, or what somebody says. @param {Line} line */
function isOfItsOwn({text}) {
  return ITEM.test(text) || SPEAKER.test(text)
}

/**
 * How much tells that a line was wrapped.
 * @param {Line} line @param {Line} next @param {Paragraph} paragraph @param {boolean} isCjk
 */
function weigh(line, next, paragraph, isCjk) {
  const length = lengthOf(line)
  if (length > WRAPPED_TO || length < (isCjk ? WRAPPED_CJK_FROM : WRAPPED_FROM)) return 0
  const first = /^["'“„«‘(¿¡]*(\p{L}[\p{L}\p{M}]*)/u.exec(next.text)?.[1] ?? ''
  const last = /([\p{L}\p{M}]+)[^\p{L}\p{M}\p{N}]*$/u.exec(line.text)?.[1] ?? ''
  const isLower = /^\p{Ll}/u.test(first)
  const isUpper = /^[\p{Lu}\p{Lt}]/u.test(first)
  const writesCapitals = /^\P{L}*\p{Lu}/u.test(paragraph.lines[0]?.text ?? '')
  const ends = paragraph.lines.at(-1) ?? next

  let weight = 0
  if (isCjk ? CJK_DANGLING.test(line.text) : isOpen(line.text, last)) weight += 3
  if (/[,;،]$/.test(line.text) || OPEN_BRACKET.test(line.text)) weight += 2
  if (length >= LONG_FROM || isCjk) weight += 1
  if (isLower && writesCapitals) weight += 2
  if (/^\p{Ll}/u.test(last)) weight += 1
  if (hasProse(line.text)) weight += 1
  else if (!isCjk && /\p{Script=Latin}/u.test(last)) weight -= 1
  weight += STOPPED.test(ends.text) ? 1 : -1
  weight += paragraph.filled
  if (ITEM.test(line.text) && next.from - next.start > line.from - line.start) weight += 2
  if (isCjk && /[、，]/.test(line.text)) weight += 1
  if (isUpper && first !== 'I' && words.OPENERS.has(first.toLowerCase())) weight -= 4
  if (paragraph.isVerse) weight -= 4
  if (isTitle(line.text)) weight -= 3
  return weight
}

/** Whether a line cannot end with its last words. @param {string} text @param {string} last */
function isOpen(text, last) {
  const word = last.toLowerCase()
  if (words.DANGLING.has(word)) return true
  if (!words.JOINED_ADVERB.has(word)) return false
  const [, before] = /(\p{L}+)\P{L}+\p{L}+\P{L}*$/u.exec(text.slice(-40)) ?? []
  return before !== undefined && words.AFTER_OPEN_HYPHEN.has(before.toLowerCase())
}

/** Whether it has a word that headlines and lists leave out. @param {string} text */
function hasProse(text) {
  return (text.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? []).some((word) => words.PROSE.has(word))
}

/** “Local Team Wins in Overtime”: nearly every long word has a capital. @param {string} text */
function isTitle(text) {
  const long = text.match(/\p{L}{4,}/gu) ?? []
  return long.length > 2 && long.filter((word) => /^\p{Lu}/u.test(word)).length > 0.7 * long.length
}

/**
 * Whether a word was divided at a line's end: one “whole” without its hyphen (“eve-” “ning”), one
 * that has a hyphen anyway (“self-” “made”), or one whose rest is “open” (“Haupt-” “und”).
 * @param {Line} line @param {Line} next
 */
function divided(line, next) {
  const part = DIVIDED.exec(line.text)?.[1]
  const rest = /^[\p{L}\p{M}]+/u.exec(next.text)?.[0]
  if (!part || !rest) return null
  if (words.AFTER_OPEN_HYPHEN.has(rest)) return 'open'
  return /^\p{Ll}/u.test(rest) && !words.HYPHENATED.has(part.toLowerCase()) ? 'whole' : 'hyphenated'
}

/** @param {string} text @param {number} from @returns {Paragraph} */
function readParagraph(text, from) {
  /** @type {Line[]} */ const lines = []
  let to = from
  let isWhole = false
  while (!isWhole && lines.length < LINES_AT_ONCE) {
    const line = readLine(text, to)
    isWhole = line.to === line.from || (lines.length > 0 && isOfItsOwn(line))
    if (isWhole) break
    lines.push(line)
    BREAK.lastIndex = line.end
    isWhole = !BREAK.test(text)
    to = isWhole ? line.end + 1 : BREAK.lastIndex
  }
  const lengths = lines.map(lengthOf)
  const width = Math.max(...lines.map((line) => (endsWithLongWord(line) ? 0 : lengthOf(line))))
  const ragged = lines
    .slice(1)
    .some(({text}, index) => (lengths[index] ?? 0) + 1 + text.search(/\s|$/) <= width)
  return {
    // the last line is looked at again, as the first of what follows
    to: isWhole ? to : (lines.at(-1)?.start ?? to),
    lines,
    isVerse: lines.length > 2 && lines.every(({text}) => /^\P{L}{0,3}\p{Lu}/u.test(text)),
    filled: lines.length < 3 ? 0 : !ragged ? 2 : width < VERSE_TO ? -6 : -2,
  }
}

/** @param {Line} line */
function endsWithLongWord({text}) {
  return text.length - text.search(/\S*$/) > LONG_WORD
}

/** @param {Line} line */
function lengthOf({from, to}) {
  return to - from
}

/** @param {string} text @param {number} start @returns {Line} */
function readLine(text, start) {
  LINE.lastIndex = start
  LINE.test(text)
  const end = LINE.lastIndex
  const head = text.slice(start, Math.min(end, start + LOOK_AT))
  const mark = QUOTED.exec(head)?.[0] ?? ''
  const tail = text.slice(Math.max(end - LOOK_AT, start + mark.length), end)
  const from = start + mark.length + leadingSpace(head.slice(mark.length))
  const to = Math.max(from, end - (tail.length - tail.trimEnd().length))
  return {
    start,
    end,
    from,
    to,
    text:
      to - from <= 2 * LOOK_AT
        ? text.slice(from, to)
        : `${text.slice(from, from + LOOK_AT)} ${text.slice(to - LOOK_AT, to)}`,
    quote: mark.replace(/[^>]/g, '').length,
  }
}

/** @param {string} text */
function leadingSpace(text) {
  return text.length - text.trimStart().length
}
