// Compares a tokenizer with what the reference made of the same texts. Runs in Node and in a
// browser's page.

/**
 * @param {(text: string) => {inputIds: Int32Array, offsets: Int32Array}} encode
 * @param {string[]} texts
 * @param {Uint32Array} ids  For each text the number of its ids, then the ids.
 * @param {Uint32Array} offsets  The same, with two numbers an id.
 */
export function compare(encode, texts, ids, offsets) {
  const differing = []
  let misplaced = 0
  let place = 0
  let offsetsPlace = 0
  for (const text of texts) {
    const count = ids[place++] ?? 0
    const expected = ids.subarray(place, place + count)
    const spans = offsets.subarray(offsetsPlace + 1, offsetsPlace + 1 + 2 * count)
    place += count
    offsetsPlace += 1 + 2 * count
    const encoded = encode(text)
    if (!same(expected, encoded.inputIds))
      differing.push({text, expected: [...expected], found: [...encoded.inputIds]})
    else if (!same(spans, encoded.offsets)) misplaced++
  }
  return {
    compared: texts.length,
    differing: differing.length,
    examples: differing.slice(0, 5),
    misplaced,
  }
}

/** @param {Uint32Array} expected @param {Int32Array} found */
function same(expected, found) {
  return (
    expected.length === found.length && expected.every((value, index) => value === found[index])
  )
}
