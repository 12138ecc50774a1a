// Where a part of a text stands on the page.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.textPlaces = (() => {
  const {dom} = lensmith

  /**
   * The pieces that a part of the text comes from, each cut to it; one for each node, white space
   * between included.
   * @param {TextPiece[]} pieces @param {number} start @param {number} end
   */
  function spansOf(pieces, start, end) {
    /** @type {Map<Text | Element, {from: number, to: number}>} */ const spans = new Map()
    for (let index = indexAt(pieces, start); index < pieces.length; index++) {
      const {node, from, length, at} = pieces[index]
      if (at >= end) break
      const first = from + Math.max(start - at, 0)
      const last = from + Math.min(end - at, length)
      if (first < last) spans.set(node, {from: spans.get(node)?.from ?? first, to: last})
    }
    return spans
  }

  /** The first piece that ends behind a place. @param {TextPiece[]} pieces @param {number} place */
  function indexAt(pieces, place) {
    let [low, high] = [0, pieces.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (pieces[middle].at + pieces[middle].length > place) high = middle
      else low = middle + 1
    }
    return low
  }

  /**
   * Boxes in CSS pixels of the viewport of the text's window: one or more a line.
   * @type {Lensmith['textPlaces']['rectsOf']}
   */
  function rectsOf(pieces, start, end) {
    return Array.from(spansOf(pieces, start, end), ([node, {from, to}]) => {
      if (!node.isConnected) return {node, rects: []}
      if (dom.isElement(node)) return {node, rects: Array.from(node.getClientRects())}
      // A range over elements would answer with their boxes as well; this one lies within a text.
      const range = node.ownerDocument.createRange()
      range.setStart(node, Math.min(from, node.length)) // the page may have changed its text since
      range.setEnd(node, Math.min(to, node.length))
      return {node, rects: Array.from(range.getClientRects())}
    })
  }

  /** Whether the document still holds the text that was read. @param {TextPiece[]} pieces */
  function areIntact(pieces) {
    return pieces.every(({node, data}) => {
      if (!node.isConnected) return false
      return dom.isText(node) ? node.data === data : true
    })
  }

  return {indexAt, rectsOf, areIntact}
})()
