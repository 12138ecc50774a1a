// The boxes of selected text on the page. They are in CSS pixels of its window's viewport.

var lensmith = lensmith || {}

lensmith.selectionBoxes = (() => {
  const {parentOf, elementOf} = lensmith.tree
  const {overlap} = lensmith.positioning

  /** @param {Stretch[]} stretches @param {number} start @param {number} end @returns {Box[]} */
  function boxesOf(stretches, start, end) {
    // a text node has one box a line, white space included
    /** @type {Map<Text | Element, {from: number, to: number}>} */ const spans = new Map()
    for (const {node, from, ...at} of stretches) {
      if (at.start >= end || at.end <= start || !node.isConnected) continue
      const first = from + Math.max(start, at.start) - at.start
      const last = from + Math.min(end, at.end) - at.start
      spans.set(node, {from: spans.get(node)?.from ?? first, to: last})
    }
    return Array.from(spans).flatMap(([node, {from, to}]) => {
      const clip = clipOf(node)
      return Array.from(rectsOf(node, from, to), (box) => (clip ? overlap(box, clip) : box)).filter(
        (box) => box !== null,
      )
    })
  }

  /** @param {Text | Element} node @param {number} from @param {number} to */
  function rectsOf(node, from, to) {
    if (node.nodeType === Node.ELEMENT_NODE) return /** @type {Element} */ (node).getClientRects()
    const {length} = /** @type {Text} */ (node)
    const range = new Range()
    range.setStart(node, Math.min(from, length)) // the page may have changed its text since
    range.setEnd(node, Math.min(to, length))
    return range.getClientRects()
  }

  /**
   * What the scrolling boxes around a node leave of it.
   * @param {Node} node
   * @returns {Box | null}
   */
  function clipOf(node) {
    /** @type {Box | null} */ let clip = null
    for (let element = parentOf(node); element; element = parentOf(element)) {
      const {documentElement, body} = element.ownerDocument
      if (element === documentElement || element === body) break // the viewport scrolls these
      if (getComputedStyle(element).overflow !== 'visible') {
        const box = element.getBoundingClientRect()
        clip = clip ? (overlap(clip, box) ?? {left: 0, top: 0, width: 0, height: 0}) : box
      }
    }
    return clip
  }

  /** @param {AbstractRange[]} ranges @returns {Box | null} */
  function boxAround(ranges) {
    const {asRange} = lensmith.rangeFilter
    const boxes = ranges
      .flatMap((range) =>
        Array.from((asRange(range) ?? elementOf(range.startContainer))?.getClientRects() ?? []),
      )
      .filter((box) => box.width > 0 && box.height > 0)
    if (!boxes.length) return null
    const left = Math.min(...boxes.map((box) => box.left))
    const top = Math.min(...boxes.map((box) => box.top))
    return {
      left,
      top,
      width: Math.max(...boxes.map((box) => box.right)) - left,
      height: Math.max(...boxes.map((box) => box.bottom)) - top,
    }
  }

  /**
   * A box that is measured once and then moves with an element.
   * @param {Element} element
   * @param {() => Box | null} measure
   */
  function movingBox(element, measure) {
    const before = element.getBoundingClientRect()
    const first = measure() ?? before
    return () => {
      const now = element.getBoundingClientRect()
      return {
        ...first,
        left: first.left + now.left - before.left,
        top: first.top + now.top - before.top,
      }
    }
  }

  /** @param {Element | null} element @returns {Box} */
  function boxOf(element) {
    return element?.getBoundingClientRect() ?? new DOMRect()
  }

  return {boxesOf, boxAround, movingBox, boxOf}
})()
