// Signs around the end of a sentence: what closes it, what is attached to it, what opens the next.

export const SPACE = String.raw`[^\S\n\r\v\f\u0085\u2028\u2029]` // within a line
const NO_WORD = String.raw`(?![\p{L}\p{N}])`

/** Full stops and their like, as often as they are repeated: “?!”, “...”, “. . .”, “!!!11”. */
export const RUN =
  /[\uFE0E-\uFE0F\p{STerm}.…⋯]{1,999}(?:(?<=!!)1{1,99}!{0,99})?(?:(?<=\.)(?: \.){2,99})?/uy

export const GAP = new RegExp(`(?:${SPACE}|[\u200B\u2060]){1,999}`, 'uy')

/** Opens what follows. */
export const OPENING = /["'“”‘’«»‹›„‚([{（「『【《〈*_~#]+[ \u00a0\u202f]?/uy

/** @param {RegExp} sticky @param {string} text @param {number} from @returns {number} */
export function skip(sticky, text, from) {
  sticky.lastIndex = from
  return sticky.test(text) ? sticky.lastIndex : from
}

/** @param {...string} sources */
const oneOf = (...sources) => `(?:${sources.join('|')})`

const EMOTICON = oneOf(
  String.raw`[<>}]?[:;=][-^'’oc*]{0,2}[)(\]\[DPpOo03/\\|*{}@><sScCxX$#]+${NO_WORD}`, // :-) ;P >:(
  String.raw`[xX]-?D+${NO_WORD}|<\/?3+${NO_WORD}|[(D][-^']?[:;=](?!\S)`, // xD <3 (:
  String.raw`\^[_.o-]*\^[;']*|>[_.]*<|[oO]_[oO]`, // ^^ >_< o_O
  String.raw`(?<eye>[-TtQqOoXxUu=;])[_.]+\k<eye>${NO_WORD}`, // T_T -_-
  String.raw`¯\\_[(（]ツ[)）]_/¯|\\o/|x{2,3}${NO_WORD}|xoxo${NO_WORD}`,
)
// (´・ω・`) (≧▽≦)ノ: in brackets, at most two letters in a row, and a sign that no remark has
const KAOMOJI =
  String.raw`[(（](?=[^()（）\s]{2,14}[)）])(?![^()（）]*\p{L}{3})` +
  String.raw`(?=[^()（）]*[^\p{L}\p{N}\s()（）!?.,;:'"&/%-])[^()（）]+[)）][ノﾉ╯۶/／♡♥*゛]*`
const STAGE_DIRECTION = oneOf(
  String.raw`[(（*](?:[苦爆大]?[笑泣汗爆涙怒嬉喜哭]|lol|LOL|haha|g|lacht|laugh(?:s|ter)?|sighs?|rires)[)）*]`,
  String.raw`[wｗ]{2,}(?![\p{L}\p{N}.])`,
)
const EMOJI = oneOf(
  String.raw`[\p{Extended_Pictographic}\p{RI}\p{EMod}\u200D\uFE0E\uFE0F\u20E3♪♫☆★♡♥\u{E0020}-\u{E007F}]`,
  String.raw`[#*0-9]\uFE0F?\u20E3`,
)
const POINTS_ON = '(?![👉➡▶☞])' // at what follows
const FOOTNOTE_MARK = oneOf(
  String.raw`\[[^\[\]\n]{1,30}\](?!\()`, // [12] [note 1] [citation needed]
  String.raw`${SPACE}\[(?:\p{Nd}{1,3}|[a-z])\](?!\()`,
  '[⁰¹²³⁴⁵⁶⁷⁸⁹†‡]+',
)

/** What belongs to the sentence before it although it comes after the stop. */
const ATTACHED = new RegExp(
  oneOf(
    `${SPACE}*${POINTS_ON}${EMOJI}{1,99}`,
    `${SPACE}*${oneOf(EMOTICON, KAOMOJI, STAGE_DIRECTION)}`,
    FOOTNOTE_MARK,
    String.raw`${SPACE}*(?:[!?…]{1,99}|\.{2,99})(?!\S)`,
  ),
  'uy',
)

const CLOSING = new RegExp(
  oneOf(
    '[”’»›)\\]}）】」』〉》〕］｝]',
    String.raw`["'“‘«‹*_~\u0060]+${NO_WORD}`, // „…“ and »…« close with what others open with
    String.raw`${SPACE}[»›](?=[\s,.;:!?…)\]–—-]|$)`, // « … »
  ),
  'uy',
)
const QUOTE = /["'”’“‘»«›‹」』]/
const BRACKET = /[)\]）］]/
/** Begins, behind a space, neither an emoticon nor anything else that is attached. */
const PLAIN_LETTER = /[a-npr-svwyzA-CE-NPRSVWYZ]/

const LONGEST_TAIL = 2000 // characters; emoji behind it still belong to the sentence

/**
 * What follows a run of stops and belongs to it.
 * @param {string} text
 * @param {number} end  Of the run.
 */
export function readTail(text, end) {
  const tail = {end, quoted: false, bracketed: false, attached: false}
  if (text[end] === ' ' && PLAIN_LETTER.test(text.charAt(end + 1))) return tail // nearly always
  while (tail.end - end < LONGEST_TAIL) {
    CLOSING.lastIndex = ATTACHED.lastIndex = tail.end
    if (CLOSING.test(text)) {
      const closing = text.slice(tail.end, CLOSING.lastIndex)
      tail.quoted ||= QUOTE.test(closing)
      tail.bracketed ||= BRACKET.test(closing)
      tail.end = CLOSING.lastIndex
    } else if (ATTACHED.test(text)) {
      tail.attached = true
      tail.end = ATTACHED.lastIndex
    } else break
  }
  return tail
}
