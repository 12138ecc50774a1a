// SentencePiece's normalizer (Unigram models: XLM-RoBERTa, CamemBERT, ALBERT, DeBERTa) as the Rust
// library `tokenizers` applies it. What becomes of which letters, the model's own table says, a
// double-array trie (Aoe 1989) of UTF-8 bytes.

const SHORT = 6 // bytes of a grapheme: a longer one is taken character by character
const ASCII = 0x80
const KNOWN_AT_MOST = 2 ** 14

/**
 * @param {string} charsmap  As tokenizer.json has it, in base64: the trie's length in bytes, its
 *   units, and the texts that its leaves point at, each with a zero at its end.
 * @returns {(text: string) => string}
 */
export function createPrecompiledNormalizer(charsmap) {
  const bytes = Uint8Array.from(atob(charsmap), (char) => char.charCodeAt(0))
  const length = new DataView(bytes.buffer).getUint32(0, true)
  const units = new Uint32Array(bytes.slice(4, 4 + length).buffer)
  const texts = bytes.subarray(4 + length)
  const graphemes = new Intl.Segmenter(undefined, {granularity: 'grapheme'})
  /** By characters and short graphemes. @type {Map<string, string | null>} */ const known =
    new Map()
  const [encoder, decoder] = [new TextEncoder(), new TextDecoder()]

  /** @param {number} index */
  const unitAt = (index) => units[index] ?? 0

  /** The place of what the shortest beginning of a key becomes. @param {Uint8Array} key */
  function find(key) {
    let node = offsetOf(unitAt(0))
    for (const byte of key) {
      if (byte === 0) return -1
      node ^= byte
      const unit = unitAt(node)
      if ((unit & 0x800000ff) >>> 0 !== byte) return -1
      node ^= offsetOf(unit)
      if ((unit >>> 8) & 1) return unitAt(node) & 0x7fffffff
    }
    return -1
  }

  /** @param {string} part @returns {string | null} Null: it stays. */
  function become(part) {
    const before = known.get(part)
    if (before !== undefined) return before
    const place = find(encoder.encode(part))
    const result = place < 0 ? null : decoder.decode(texts.subarray(place, texts.indexOf(0, place)))
    if (known.size >= KNOWN_AT_MOST) known.clear()
    known.set(part, result)
    return result
  }

  /** @param {string} grapheme */
  function normalized(grapheme) {
    if (isShort(grapheme)) {
      const whole = become(grapheme)
      if (whole !== null) return whole
    }
    let result = ''
    for (const char of grapheme) result += become(char) ?? char
    return result
  }

  return (text) => {
    let result = ''
    for (const {segment} of graphemes.segment(text)) result += normalized(segment)
    return result
  }
}

/** @param {number} unit  Of the trie. */
function offsetOf(unit) {
  return ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0
}

/** @param {string} grapheme */
function isShort(grapheme) {
  if (grapheme.length >= SHORT) return false
  let bytes = 0
  for (const char of grapheme) {
    const code = char.codePointAt(0) ?? 0
    bytes += code < ASCII ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes < SHORT
}
