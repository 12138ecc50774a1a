// WordPiece as Hugging Face's `BertTokenizer` does it, id for id: Devlin et al., "BERT" (NAACL 2019) and Wu et al. (2016),
// with the normalization of the Rust library `tokenizers`, whose character tables character-tables.js holds.

import * as tables from './character-tables.js'

/**
 * The `tokenizer` entry of model.json.
 * @typedef {object} WordPieceSpec
 * @property {'wordpiece'} kind
 * @property {string} vocabulary  File name.
 * @property {boolean} lowercase
 * @property {boolean | null} strip_accents  `null`: as `lowercase`.
 * @property {boolean} handle_chinese_chars
 * @property {boolean} clean_text
 * @property {string} continuing_prefix
 * @property {number} max_word_chars
 * @property {{[role in 'unk' | 'cls' | 'sep' | 'pad']: {token: string, id: number}}} special_tokens
 * @property {{token: string, id: number}[]} added_tokens  Matched in the text as they stand, before anything else.
 */

/**
 * @typedef {import('./tokenizer.js').Encoding} Encoding
 * @typedef {import('./tokenizer.js').Tokenizer} Tokenizer
 */

// What a code point is, as bits of one byte.
const REMOVED = 1
const SPACE = 2
const IDEOGRAPH = 4
const PUNCTUATION = 8
const FOLDED = 16
const COMBINING = 32
const BARRIER = 64

const CODE_POINTS = 0x110000

// Hangul syllables decompose by arithmetic: The Unicode Standard, section 3.12.
const HANGUL = {first: 0xac00, last: 0xd7a3, lead: 0x1100, vowel: 0x1161, trail: 0x11a7, trails: 28, vowelsAndTrails: 588}

/**
 * @param {WordPieceSpec} spec
 * @param {string} vocabulary  One token a line, in the order of their ids.
 * @returns {Tokenizer}
 */
export function createWordPieceTokenizer(spec, vocabulary) {
  const folding = createFolding(spec)
  const wordpiece = createWordPiece(spec, vocabulary)
  const addedIds = new Map(spec.added_tokens.map(({token, id}) => [token, id]))
  const added = addedPattern([...addedIds.keys()])
  const {cls, sep} = spec.special_tokens

  return {
    encode(text, {maxLength = Infinity} = {}) {
      const source = text.toWellFormed() // a lone surrogate is U+FFFD to the reference
      const tokens = new Tokens(maxLength - 2)
      let from = 0
      for (const match of added ? source.matchAll(added) : []) {
        folding.words(source, from, match.index, (word) => wordpiece(word, tokens))
        from = match.index + match[0].length
        if (!tokens.full) tokens.push(/** @type {number} */ (addedIds.get(match[0])), match.index, from)
        if (tokens.full) break
      }
      folding.words(source, from, source.length, (word) => wordpiece(word, tokens))
      return tokens.encoding(cls.id, sep.id)
    },
  }
}

/** Ids with their places in the text, up to a limit. */
class Tokens {
  /** @param {number} limit */
  constructor(limit) {
    this.limit = limit
    /** @type {number[]} */ this.ids = []
    /** @type {number[]} */ this.offsets = []
    /** Whether a token had to be left out. */
    this.full = false
  }

  /** @param {number} id @param {number} start @param {number} end */
  push(id, start, end) {
    if (this.ids.length >= this.limit) {
      this.full = true
      return
    }
    this.ids.push(id)
    this.offsets.push(start, end)
  }

  /** @param {number} cls @param {number} sep @returns {Encoding} */
  encoding(cls, sep) {
    const length = this.ids.length + 2
    return {
      inputIds: Int32Array.from([cls, ...this.ids, sep]),
      attentionMask: new Int32Array(length).fill(1),
      tokenTypeIds: new Int32Array(length),
      offsets: Int32Array.from([0, 0, ...this.offsets, 0, 0]),
      truncated: this.full,
    }
  }
}

/**
 * A word ready for WordPiece. `starts[i]` and `ends[i]` say where UTF-16 unit i of `text` comes from.
 * @typedef {{text: string, chars: number, starts: number[], ends: number[]}} Word
 */

/**
 * Greedy longest match from the left.
 * @param {WordPieceSpec} spec @param {string} vocabulary
 * @returns {(word: Word, tokens: Tokens) => void}
 */
function createWordPiece(spec, vocabulary) {
  const prefix = spec.continuing_prefix
  /** @type {Map<string, number>} */ const first = new Map()
  /** @type {Map<string, number>} */ const later = new Map()
  let longest = 0
  vocabulary.split('\n').forEach((token, id) => {
    if (!token) return
    first.set(token, id)
    if (token.startsWith(prefix)) later.set(token.slice(prefix.length), id)
    longest = Math.max(longest, token.length)
  })
  const unknown = spec.special_tokens.unk.id

  return ({text, chars, starts, ends}, tokens) => {
    /** @type {number[]} */ const pieces = []
    let start = chars > spec.max_word_chars ? -1 : 0
    while (start >= 0 && start < text.length) {
      const known = start ? later : first
      let end = Math.min(text.length, start + longest)
      let id
      while (end > start && (id = known.get(text.slice(start, end))) === undefined) end--
      if (id === undefined) {
        start = -1 // one part is not in the vocabulary: neither is the word
      } else {
        pieces.push(id, starts[start], ends[end - 1])
        start = end
      }
    }
    if (start < 0) tokens.push(unknown, starts[0], ends[ends.length - 1])
    else for (let i = 0; i < pieces.length; i += 3) tokens.push(pieces[i], pieces[i + 1], pieces[i + 2])
  }
}

/**
 * Normalization and splitting into words, in one walk over the text.
 * @param {WordPieceSpec} spec
 */
function createFolding({clean_text: clean, handle_chinese_chars: splitIdeographs, lowercase, strip_accents}) {
  const strip = strip_accents ?? lowercase
  const kinds = new Uint8Array(CODE_POINTS)
  if (clean) mark(kinds, tables.REMOVED, REMOVED)
  mark(kinds, tables.SPACE, SPACE)
  if (splitIdeographs) mark(kinds, tables.IDEOGRAPH, IDEOGRAPH)
  mark(kinds, tables.PUNCTUATION, PUNCTUATION)
  const folded = foldings({strip, lowercase})
  for (const code of folded.keys()) kinds[code] |= FOLDED
  /** @type {Map<number, number>} */ const combining = new Map()
  if (strip) {
    kinds.fill(kinds[HANGUL.first] | FOLDED, HANGUL.first, HANGUL.last + 1)
    mark(kinds, tables.VANISHING_STARTERS, BARRIER)
    for (const [code, value] of pairs(tables.COMBINING)) {
      combining.set(code, parseInt(value, 16))
      kinds[code] |= COMBINING
    }
  }

  /**
   * Give each word of `text` from `from` to `to` to `use`.
   * @param {string} text @param {number} from @param {number} to @param {(word: Word) => void} use
   */
  function words(text, from, to, use) {
    /** @type {Word} */ let word = {text: '', chars: 0, starts: [], ends: []}
    let movable = 0 // where the marks at the end of the word begin that a mark of a smaller class has to go before

    const finish = () => {
      if (word.chars) use(word)
      word = {text: '', chars: 0, starts: [], ends: []}
      movable = 0
    }
    /** @param {number} code @param {number} start @param {number} end */
    const append = (code, start, end) => {
      const kind = kinds[code]
      if (kind & (SPACE | PUNCTUATION)) finish()
      if (kind & SPACE) return
      const units = code > 0xffff ? 2 : 1
      if (kind & COMBINING) {
        insert(word, placeOf(code, word.text, movable), code, start, end)
      } else {
        word.text += String.fromCodePoint(code)
        word.chars++
        for (let unit = 0; unit < units; unit++) {
          word.starts.push(start)
          word.ends.push(end)
        }
        movable = word.text.length
      }
      if (kind & PUNCTUATION) finish()
    }

    for (let start = from, end = from; start < to; start = end) {
      const code = /** @type {number} */ (text.codePointAt(start))
      end = start + (code > 0xffff ? 2 : 1)
      const kind = kinds[code]
      if (kind & REMOVED) continue
      if (kind & IDEOGRAPH) finish()
      if (kind & BARRIER) movable = word.text.length
      if (kind & FOLDED) for (const part of folded.get(code) ?? jamo(code)) append(part, start, end)
      else append(code, start, end)
      if (kind & IDEOGRAPH) finish()
    }
    finish()
  }

  /** Canonical ordering: behind the marks of an equal or smaller class. @param {number} code @param {string} text @param {number} movable */
  function placeOf(code, text, movable) {
    const own = /** @type {number} */ (combining.get(code))
    let place = text.length
    while (place > movable) {
      const units = isLowSurrogate(text.charCodeAt(place - 1)) ? 2 : 1
      if (/** @type {number} */ (combining.get(/** @type {number} */ (text.codePointAt(place - units)))) <= own) break
      place -= units
    }
    return place
  }

  return {words}
}

/** @param {Word} word @param {number} place @param {number} code @param {number} start @param {number} end */
function insert(word, place, code, start, end) {
  const char = String.fromCodePoint(code)
  word.text = word.text.slice(0, place) + char + word.text.slice(place)
  word.starts.splice(place, 0, ...Array(char.length).fill(start))
  word.ends.splice(place, 0, ...Array(char.length).fill(end))
  word.chars++
}

/**
 * Code point to what stripping accents and lower-casing make of it; only what they change.
 * @param {{strip: boolean, lowercase: boolean}} options
 */
function foldings({strip, lowercase}) {
  /** @type {Map<number, number[]>} */ const lowered = new Map()
  if (lowercase) {
    for (const [codes, value] of pairs(tables.LOWERED, (key) => key)) {
      const [first, last] = range(codes)
      const target = numbers(value)
      for (let code = first; code <= last; code++) lowered.set(code, target.length > 1 ? target : [target[0] + code - first])
    }
  }
  const folded = new Map(lowered)
  if (strip) {
    for (const [code, value] of pairs(tables.STRIPPED)) folded.set(code, numbers(value).flatMap((part) => lowered.get(part) ?? [part]))
    for (const codes of tables.VANISHING.trim().split(/\s+/)) {
      const [first, last] = range(codes)
      for (let code = first; code <= last; code++) folded.set(code, [])
    }
  }
  return folded
}

/** The letters of a Hangul syllable. @param {number} syllable */
function jamo(syllable) {
  const index = syllable - HANGUL.first
  const trail = index % HANGUL.trails
  const letters = [
    HANGUL.lead + Math.floor(index / HANGUL.vowelsAndTrails),
    HANGUL.vowel + Math.floor((index % HANGUL.vowelsAndTrails) / HANGUL.trails),
  ]
  return trail ? [...letters, HANGUL.trail + trail] : letters
}

/** A pattern that finds the longest of the tokens that begin first. @param {string[]} tokens */
function addedPattern(tokens) {
  if (!tokens.length) return null
  const escaped = [...tokens].sort((a, b) => b.length - a.length).map((token) => token.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
  return new RegExp(escaped.join('|'), 'g')
}

/** @param {Uint8Array} kinds @param {string} table @param {number} bit */
function mark(kinds, table, bit) {
  for (const codes of table.trim().split(/\s+/)) {
    const [first, last] = range(codes)
    for (let code = first; code <= last; code++) kinds[code] |= bit
  }
}

/** @param {string} codes  Like `9-a` or `20`. @returns {[number, number]} */
function range(codes) {
  const [first, last = first] = codes.split('-')
  return [parseInt(first, 16), parseInt(last, 16)]
}

/** @param {string} value  Like `41+300`. */
function numbers(value) {
  return value.split('+').map((part) => parseInt(part, 16))
}

/**
 * The entries of a table like `c0:41 c1:41`.
 * @template [K=number]
 * @param {string} table @param {(key: string) => K} [read]
 * @returns {[K, string][]}
 */
function pairs(table, read = (key) => /** @type {K} */ (parseInt(key, 16))) {
  return table.trim().split(/\s+/).map((entry) => {
    const [key, value] = entry.split(':')
    return [read(key), value]
  })
}

/** @param {number} unit */
function isLowSurrogate(unit) {
  return unit >= 0xdc00 && unit <= 0xdfff
}
