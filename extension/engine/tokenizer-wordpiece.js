// WordPiece as Hugging Face's `BertTokenizer` does it, id for id: Devlin et al., "BERT" (NAACL
// 2019) and Wu et al. (2016), with the normalization of the Rust library `tokenizers`, whose
// character tables character-tables.js holds.

import * as tables from './character-tables.js'
import {copied} from './detach-string.js'

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
 * @property {{token: string, id: number}[]} added_tokens  Matched in the text as they stand, before
 *   anything else.
 */

/**
 * @typedef {import('./types.js').Encoding} Encoding
 * @typedef {import('./types.js').Tokenizer} Tokenizer
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
const ASCII = 0x80

// A power of two, so that a hash becomes a place by its last bits. A page has fewer different words
// than that.
const REMEMBERED_WORDS = 1 << 13
const LONGEST_REMEMBERED = 64 // characters: one endless word must not stay in memory
const HASH_FACTOR = 31

// Hangul syllables decompose by arithmetic: The Unicode Standard, section 3.12.
const HANGUL = {
  first: 0xac00,
  last: 0xd7a3,
  lead: 0x1100,
  vowel: 0x1161,
  trail: 0x11a7,
  trails: 28,
  vowelsAndTrails: 588,
}

/**
 * @param {WordPieceSpec} spec
 * @param {string} vocabulary  One token a line, in the order of their ids.
 * @returns {Tokenizer}
 */
export function createWordPieceTokenizer(spec, vocabulary) {
  const split = createSplitter(spec, createWordPiece(spec, vocabulary))
  const addedIds = new Map(spec.added_tokens.map(({token, id}) => [token, id]))
  const added = addedPattern([...addedIds.keys()])
  const {cls, sep} = spec.special_tokens

  return {
    atOnce: 2 ** 14,
    encode(text, {maxLength = Infinity} = {}) {
      const source = text.toWellFormed() // a lone surrogate is U+FFFD to the reference
      const tokens = new Tokens(maxLength - 2)
      let from = 0
      for (const match of added ? source.matchAll(added) : []) {
        split(source, from, match.index, tokens)
        from = match.index + match[0].length
        if (!tokens.full)
          tokens.push(/** @type {number} */ (addedIds.get(match[0])), match.index, from)
        if (tokens.full) break
      }
      split(source, from, source.length, tokens)
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
    const [inputIds, offsets] = [new Int32Array(length), new Int32Array(2 * length)]
    inputIds[0] = cls
    inputIds.set(this.ids, 1)
    inputIds[length - 1] = sep
    offsets.set(this.offsets, 2)
    return {
      inputIds,
      offsets,
      attentionMask: new Int32Array(length).fill(1),
      tokenTypeIds: new Int32Array(length),
      truncated: this.full,
    }
  }
}

/**
 * A word ready for WordPiece. `starts[i]` and `ends[i]` say where UTF-16 unit i of `text` comes
 * from.
 * @typedef {{text: string, chars: number, starts: number[], ends: number[]}} Word
 */

/**
 * A combining mark; `order`: its canonical combining class, by which those of a letter are sorted.
 * @typedef {{code: number, start: number, end: number, order: number}} Mark
 */

/**
 * What WordPiece makes of a word: for each piece its id, and the units of the word where it begins
 * and ends.
 * @typedef {number[]} Pieces
 */

/**
 * Greedy longest match from the left.
 * @param {WordPieceSpec} spec @param {string} vocabulary
 * @returns {(text: string, chars: number) => Pieces} Of a word with so many code points.
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

  return (text, chars) => {
    /** @type {Pieces} */ const pieces = []
    let start = chars > spec.max_word_chars ? -1 : 0
    while (start >= 0 && start < text.length) {
      const known = start ? later : first
      let end = Math.min(text.length, start + longest)
      let id
      while (end > start && (id = known.get(text.slice(start, end))) === undefined) end--
      if (id === undefined) {
        start = -1 // one part is not in the vocabulary: neither is the word
      } else {
        pieces.push(id, start, end)
        start = end
      }
    }
    return start < 0 ? [unknown, 0, text.length] : pieces
  }
}

/**
 * A text's words, each as its pieces. Most words of most texts are plain ASCII and have been seen
 * before: those are found again by their
 * letters alone, without making a string of them.
 * @param {WordPieceSpec} spec @param {(text: string, chars: number) => Pieces} wordpiece
 */
function createSplitter(spec, wordpiece) {
  const kinds = createKinds(spec)
  // what is removed parts nothing, although it may be a space too, as a form feed is
  const isSpace = (/** @type {number} */ code) =>
    code < ASCII && (at(kinds, code) & (SPACE | REMOVED)) === SPACE
  // made when a word needs it, for that takes as long as a vocabulary
  /** @type {ReturnType<typeof createFolding> | undefined} */ let fold
  // What plain letters and digits become; 0 for everything else.
  const plain = Uint8Array.from({length: ASCII}, (_, code) => {
    const char = String.fromCharCode(code)
    return /[a-z0-9]/i.test(char) ? (spec.lowercase ? char.toLowerCase() : char).charCodeAt(0) : 0
  })
  /** @type {string[]} */ const words = Array(REMEMBERED_WORDS).fill('')
  /** @type {Pieces[]} */ const piecesOf = Array(REMEMBERED_WORDS).fill([])
  /** @type {Pieces[]} */ const marks = []

  /**
   * @param {string} text
   * @param {number} start
   * @param {number} end
   * @param {number} hash
   * @returns {Pieces}
   */
  function recall(text, start, end, hash) {
    const slot = hash & (REMEMBERED_WORDS - 1)
    const known = words[slot]
    let same = known?.length === end - start
    for (let i = start; known && same && i < end; i++)
      same = plain[text.charCodeAt(i)] === known.charCodeAt(i - start)
    const before = same && piecesOf[slot]
    if (before) return before
    const read = text.slice(start, end)
    const word = spec.lowercase ? read.toLowerCase() : read
    const pieces = wordpiece(word, end - start)
    if (word.length > LONGEST_REMEMBERED) return pieces
    words[slot] = copied(word)
    return (piecesOf[slot] = pieces)
  }

  /** @param {string} text @param {number} from @param {number} to @param {Tokens} tokens */
  return (text, from, to, tokens) => {
    /** @param {Word} word */
    const use = ({text: folded, chars, starts, ends}) => {
      const pieces = wordpiece(folded, chars)
      for (let i = 0; i < pieces.length; i += 3)
        tokens.push(at(pieces, i), at(starts, at(pieces, i + 1)), at(ends, at(pieces, i + 2) - 1))
    }
    let start = from
    while (start < to && !tokens.full) {
      let [end, hash, code, letter] = [start, 0, 0, 0]
      while (end < to && (code = text.charCodeAt(end)) < ASCII && (letter = at(plain, code))) {
        hash = (Math.imul(hash, HASH_FACTOR) + letter) | 0
        end++
      }
      if (end === to || isSpace(code)) {
        if (end > start) push(tokens, recall(text, start, end, hash), start)
        start = end + 1
      } else if (code < ASCII && at(kinds, code) & PUNCTUATION) {
        if (end > start) push(tokens, recall(text, start, end, hash), start)
        push(tokens, (marks[code] ??= wordpiece(String.fromCharCode(code), 1)), end)
        start = end + 1
      } else {
        // Something else is in the word: all up to the next space takes the long way.
        while (end < to && !isSpace(text.charCodeAt(end))) end++
        fold ??= createFolding(spec, kinds)
        fold(text, start, end, use)
        start = end
      }
    }
  }
}

/**
 * @param {Tokens} tokens
 * @param {Pieces} pieces
 * @param {number} start  Where their word begins, unit for unit.
 */
function push(tokens, pieces, start) {
  for (let i = 0; i < pieces.length; i += 3)
    tokens.push(at(pieces, i), start + at(pieces, i + 1), start + at(pieces, i + 2))
}

/** What each code point is by itself. @param {WordPieceSpec} spec */
function createKinds({clean_text: clean, handle_chinese_chars: splitIdeographs}) {
  const kinds = new Uint8Array(CODE_POINTS)
  if (clean) mark(kinds, tables.REMOVED, REMOVED)
  mark(kinds, tables.SPACE, SPACE)
  if (splitIdeographs) mark(kinds, tables.IDEOGRAPH, IDEOGRAPH)
  mark(kinds, tables.PUNCTUATION, PUNCTUATION)
  return kinds
}

/**
 * Normalization and splitting into words, in one walk over the text.
 * @param {WordPieceSpec} spec
 * @param {Uint8Array} kinds  Of `createKinds`; what is folded is marked there, too.
 */
function createFolding({lowercase, strip_accents}, kinds) {
  const strip = strip_accents ?? lowercase
  const folded = foldings({strip, lowercase})
  for (const code of folded.keys()) add(kinds, code, FOLDED)
  /** @type {Map<number, number>} */ const combining = new Map()
  if (strip) {
    kinds.fill(at(kinds, HANGUL.first) | FOLDED, HANGUL.first, HANGUL.last + 1)
    mark(kinds, tables.VANISHING_STARTERS, BARRIER)
    for (const [code, value] of pairs(tables.COMBINING)) {
      combining.set(code, parseInt(value, 16))
      add(kinds, code, COMBINING)
    }
  }

  /**
   * Give each word of `text` from `from` to `to` to `use`.
   * @param {string} text @param {number} from @param {number} to @param {(word: Word) => void} use
   */
  function words(text, from, to, use) {
    /** @type {Word} */ let word = {text: '', chars: 0, starts: [], ends: []}
    /** At the end of the word, not in order yet. @type {Mark[]} */ let marks = []

    const settle = () => {
      if (marks.length > 1) marks.sort((a, b) => a.order - b.order)
      for (const {code, start, end} of marks) write(word, code, start, end)
      if (marks.length) marks = []
    }
    const finish = () => {
      settle()
      if (word.chars) use(word)
      word = {text: '', chars: 0, starts: [], ends: []}
    }
    /** @param {number} code @param {number} start @param {number} end */
    const append = (code, start, end) => {
      const kind = at(kinds, code)
      if (kind & COMBINING) {
        marks.push({code, start, end, order: combining.get(code) ?? 0})
        return
      }
      if (kind & (SPACE | PUNCTUATION)) finish()
      if (kind & SPACE) return
      settle()
      write(word, code, start, end)
      if (kind & PUNCTUATION) finish()
    }

    for (let start = from, end = from; start < to; start = end) {
      const code = /** @type {number} */ (text.codePointAt(start))
      end = start + (code > 0xffff ? 2 : 1)
      const kind = at(kinds, code)
      if (kind & REMOVED) continue
      if (kind & IDEOGRAPH) finish()
      if (kind & BARRIER) settle()
      if (kind & FOLDED) for (const part of folded.get(code) ?? jamo(code)) append(part, start, end)
      else append(code, start, end)
      if (kind & IDEOGRAPH) finish()
    }
    finish()
  }

  return words
}

/** @param {Word} word @param {number} code @param {number} start @param {number} end */
function write(word, code, start, end) {
  word.text += String.fromCodePoint(code)
  word.chars++
  for (let unit = 0; unit < (code > 0xffff ? 2 : 1); unit++) {
    word.starts.push(start)
    word.ends.push(end)
  }
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
      for (let code = first; code <= last; code++)
        lowered.set(code, target.length > 1 ? target : [at(target, 0) + code - first])
    }
  }
  const folded = new Map(lowered)
  if (strip) {
    for (const [code, value] of pairs(tables.STRIPPED))
      folded.set(
        code,
        numbers(value).flatMap((part) => lowered.get(part) ?? [part]),
      )
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
  const escaped = [...tokens]
    .sort((a, b) => b.length - a.length)
    .map((token) => token.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
  return new RegExp(escaped.join('|'), 'g')
}

/** @param {Uint8Array} kinds @param {string} table @param {number} bit */
function mark(kinds, table, bit) {
  for (const codes of table.trim().split(/\s+/)) {
    const [first, last] = range(codes)
    for (let code = first; code <= last; code++) add(kinds, code, bit)
  }
}

/** @param {string} codes  Like `9-a` or `20`. @returns {[number, number]} */
function range(codes) {
  const [first = '', last = first] = codes.split('-')
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
  return table
    .trim()
    .split(/\s+/)
    .map((entry) => {
      const [key = '', value = ''] = entry.split(':')
      return /** @type {[K, string]} */ ([read(key), value])
    })
}

/**
 * What an index inside of its array holds: the type checker cannot know that it is inside.
 * @param {ArrayLike<number>} numbers @param {number} index
 */
function at(numbers, index) {
  return /** @type {number} */ (numbers[index])
}

/** @param {Uint8Array} kinds @param {number} code @param {number} bit */
function add(kinds, code, bit) {
  kinds[code] = at(kinds, code) | bit
}
