// The boxes over the text, in layers that are as large as nothing and take no pointer.

var lensmith = lensmith || {}

/** @typedef {ReturnType<typeof lensmith.createLayers>} BoxLayers */

/**
 * @param {ShadowRoot} root
 * @param {MarkStore} marks
 * @param {() => number | null} current  The mark that the reader was taken to.
 */
lensmith.createLayers = (root, marks, current) => {
  const SLICE_MS = 6 // of a frame, for measuring and for writing
  const EMPTY = 'position: absolute; left: 0; top: 0; width: 0; height: 0'
  const {NOTHING, isIntact, rectsOf, relativeTo, styleOf, onDark, plain, round} =
    lensmith.blockBoxes
  const {placeOf, clipping, cut} = lensmith.stacking

  /** @type {Map<string, HTMLElement>} */ const layers = new Map()
  /** @type {Set<PaintedBlock>} */ const near = new Set()
  /** @type {Set<PaintedBlock>} */ const floating = new Set() // near, in something fixed or sticky
  /** @type {WeakMap<Element, StackingPlace>} */ let places = new WeakMap()
  let frame = 0
  const anchor = layer('0')
  root.append(pane())

  return {
    near,
    look,
    leave,

    /** Whether boxes have to follow a scroll of the document itself. */
    hasFloating: () => floating.size > 0,

    layAnew() {
      for (const one of near) one.box = null
      places = new WeakMap()
      look()
    },

    stop: () => cancelAnimationFrame(frame),
  }

  function look() {
    frame ||= requestAnimationFrame(lay)
  }

  /**
   * Bring the boxes of the blocks nearby up to date; what takes too long is left to the next frame.
   */
  function lay() {
    frame = 0
    const ends = performance.now() + SLICE_MS
    const origin = anchor.getBoundingClientRect()
    /** @type {Map<Element, DOMRect>} */ const clipBoxes = new Map()
    // after all reads: each write would make the next read lay out the page
    /** @type {(() => void)[]} */ const writes = []
    for (const one of near) {
      if (!one.marks.length) continue
      if (!isIntact(one.block)) {
        // the page changed it: what was said of it is no longer true
        writes.push(() => leave(one))
        continue
      }
      const box = one.block.element.getBoundingClientRect()
      if (!one.box || box.width !== one.box.width || box.height !== one.box.height) {
        if (performance.now() > ends) {
          look()
          continue
        }
        const boxes = measure(one, box)
        writes.push(() => fill(one, boxes))
        one.box = {x: box.x, y: box.y, width: box.width, height: box.height}
        one.clips ??= clipping(one.block.element)
      }
      const clip = cut(box, one.clips ?? [], clipBoxes)
      const place = `translate(${round(box.x - origin.x)}px, ${round(box.y - origin.y)}px)`
      writes.push(() => move(one, place, clip))
    }
    for (const write of writes) write()
  }

  /**
   * The boxes of a block's marks, relative to its element.
   * @param {PaintedBlock} one
   * @param {DOMRect} origin
   */
  function measure({block, marks: own}, origin) {
    const dark = onDark(block.element)
    const vertical = !getComputedStyle(block.element).writingMode.startsWith('horizontal')
    const boxes = own.filter(marks.isShown).flatMap((mark) => {
      const colour = marks.colourOf(mark, dark ? 'dark' : 'light')
      const strong = mark.mark === current()
      return rectsOf(block, mark).map((rect) =>
        styleOf(relativeTo(rect, origin), colour, {strong, dark, vertical}),
      )
    })
    return {boxes, place: placeOf(block.element, places)}
  }

  /** @param {PaintedBlock} one @param {{boxes: string[], place: StackingPlace}} laid */
  function fill(one, {boxes, place}) {
    one.holder?.remove()
    one.moved = ''
    one.holder = plain(`${NOTHING}; ${EMPTY}`)
    one.holder.append(...boxes.map((style) => plain(style)))
    layer(place.level).append(one.holder)
    if (place.floats) floating.add(one)
  }

  /** @param {PaintedBlock} one @param {string} place @param {string} clip */
  function move(one, place, clip) {
    if (!one.holder || one.moved === place + clip) return
    one.moved = place + clip
    one.holder.style.transform = place
    one.holder.style.clipPath = clip
  }

  /** @param {PaintedBlock} one */
  function leave(one) {
    near.delete(one)
    floating.delete(one)
    one.holder?.remove()
    one.holder = null
    one.box = null
    one.moved = ''
  }

  /** The layer for text of one level. @param {string} level */
  function layer(level) {
    let found = layers.get(level)
    if (!found) {
      // Just above the text, not above everything: what the page puts over its text (a fixed
      // header, a dialog) covers the boxes too.
      found = plain(`${NOTHING}; ${EMPTY}; z-index: ${level}; contain: layout style`)
      layers.set(level, found)
      root.append(found)
    }
    return found
  }

  /**
   * Covers all of the page: else one that asks what is covered (trackVisibility of
   * IntersectionObserver) would learn where boxes lie.
   */
  function pane() {
    return plain(`${NOTHING}; position: fixed; inset: 0; z-index: 2147483646`)
  }
}
