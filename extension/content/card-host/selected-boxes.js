// The boxes of a selection and of its parts, in CSS pixels of their window's viewport.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.selectedBoxes = (() => {
  const {dom, positioning, selectedNodes, textPlaces} = lensmith

  /** @type {Lensmith['selectedBoxes']['ofPart']} */
  function ofPart(pieces, start, end) {
    return textPlaces.rectsOf(pieces, start, end).flatMap(({node, rects}) => {
      const clip = clipOf(node)
      return rects
        .map((box) => (clip ? positioning.overlap(box, clip) : box))
        .filter((box) => box !== null)
    })
  }

  /** What the scrolling boxes around a node leave of it. @param {Node} node @returns {Box | null} */
  function clipOf(node) {
    /** @type {Box | null} */ let clip = null
    for (const element of dom.withAncestors(dom.parentOf(node))) {
      if (dom.isPage(element)) break // the viewport scrolls these
      if (dom.styleOf(element).overflow === 'visible') continue
      const box = element.getBoundingClientRect()
      clip = clip ? (positioning.overlap(clip, box) ?? {left: 0, top: 0, width: 0, height: 0}) : box
    }
    return clip
  }

  /** Around all of a selection. @param {AbstractRange[]} ranges @returns {Box | null} */
  function around(ranges) {
    const boxes = ranges
      .flatMap((range) =>
        Array.from(
          (selectedNodes.asRange(range) ?? dom.elementOf(range.startContainer))?.getClientRects() ??
            [],
        ),
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
   * @param {Element} element @param {() => Box | null} measure @returns {() => Box}
   */
  function moving(element, measure) {
    const before = element.getBoundingClientRect()
    const {left, top, width, height} = measure() ?? before
    return () => {
      const now = element.getBoundingClientRect()
      return {left: left + now.left - before.left, top: top + now.top - before.top, width, height}
    }
  }

  /** @param {Element | null} element @returns {Box} */
  function of(element) {
    return element?.getBoundingClientRect() ?? new DOMRect()
  }

  return {ofPart, around, moving, of}
})()
