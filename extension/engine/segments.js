// Cuts a text into sentences, with their places in it.

/**
 * Where a sentence stands: UTF-16 units of the text, white space at its ends left out.
 * @typedef {{start: number, end: number, text: string}} Span
 */

// sentence rules hardly differ by language: Unicode UAX #29, 5.1
const SENTENCES = new Intl.Segmenter('en', {granularity: 'sentence'})

// A line this long that goes on in lower case was wrapped by hand, as in letters of plain text.
const WRAPPED_LINE_CHARS = 40
const GOES_ON = /[^\S\n\r]*\p{Ll}/uy

// A full stop after these ends no sentence. UAX #29 leaves that to such lists; browsers ship none.
const ABBREVIATION = new RegExp(
  String.raw`(?:^|[\s(\[“"'«])(?:Mr|Mrs|Ms|Mx|Dr|Prof|St|Sr|Jr|Rev|Hon|Gen|Col|Lt|Sgt|Capt|vs|e\.g|i\.e|cf|al|Nr|Hr|Fr|z\.\s?B|d\.\s?h|Mme|Mlle|Sra|Dra|(?!I)\p{Lu})\.\s*$`,
  'u',
)

const LONGEST_ABBREVIATION = 16 // with white space; so much of a sentence's end is looked at

const SAYS_SOMETHING = /[\p{L}\p{N}\p{Extended_Pictographic}]/u

/**
 * The sentences of a text in order. What holds no letter, number or emoji belongs to the sentence
 * before it on its line (“… :(”), and is
 * left out where there is none (“* * *”), unless the text holds nothing else.
 * @param {string} text @returns {Span[]}
 */
export function segments(text) {
  const unwrapped = unwrap(text)
  /** @type {{start: number, end: number}[]} */ const found = []
  for (const {index, segment} of SENTENCES.segment(unwrapped)) {
    const last = found.at(-1)
    const ending =
      last?.end === index
        ? unwrapped.slice(Math.max(last.start, index - LONGEST_ABBREVIATION), index)
        : '\n'
    const joins =
      !/[\n\r\u2029]$/.test(ending) && (ABBREVIATION.test(ending) || !SAYS_SOMETHING.test(segment))
    if (last && joins) last.end = index + segment.length
    else if (SAYS_SOMETHING.test(segment)) found.push({start: index, end: index + segment.length})
  }
  if (!found.length) return whole(text)
  return found.flatMap(({start, end}) =>
    whole(text.slice(start, end)).map((span) => ({
      ...span,
      start: start + span.start,
      end: start + span.end,
    })),
  )
}

/**
 * Line breaks inside of sentences made spaces: as many, so that places stay the same.
 * @param {string} text
 */
function unwrap(text) {
  let lineStart = 0
  return text.replace(/\r\n|\r|\n/g, (lineBreak, place) => {
    const isLong = place - lineStart >= WRAPPED_LINE_CHARS
    lineStart = GOES_ON.lastIndex = place + lineBreak.length
    return isLong && GOES_ON.test(text) ? ' '.repeat(lineBreak.length) : lineBreak
  })
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
