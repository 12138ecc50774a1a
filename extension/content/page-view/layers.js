// The boxes over the text, in layers that are as large as nothing and take no pointer.

var lensmith = lensmith || {}

/**
 * @typedef {object} BoxLayers
 * @property {Set<PaintedBlock>} near  Those that have boxes.
 * @property {() => void} look  Brings the boxes up to date with the next frame.
 * @property {() => void} layAnew
 * @property {(one: PaintedBlock) => void} leave
 * @property {() => boolean} hasFloating  Whether boxes have to follow a scroll of the document.
 * @property {() => void} stop
 */

/** @implements {BoxLayers} */
lensmith.Layers = class Layers {
  static #SLICE_MS = 6 // of a frame, for measuring and for writing
  static #EMPTY = 'position: absolute; left: 0; top: 0; width: 0; height: 0'

  /** @type {Set<PaintedBlock>} */ near = new Set()
  /** @type {Map<string, HTMLElement>} */ #layers = new Map()
  /** Near, in something fixed or sticky. @type {Set<PaintedBlock>} */ #floating = new Set()
  /** @type {WeakMap<Element, StackingPlace>} */ #places = new WeakMap()
  #root
  #marks
  #current
  #anchor
  #frame = 0

  /**
   * @param {HTMLElement} root
   * @param {MarkStore} marks
   * @param {() => number | null} current  The mark that the reader was taken to.
   */
  constructor(root, marks, current) {
    this.#root = root
    this.#marks = marks
    this.#current = current
    this.#anchor = this.#layer('0')
    root.append(this.#pane())
  }

  hasFloating() {
    return this.#floating.size > 0
  }

  layAnew() {
    for (const one of this.near) one.box = null
    this.#places = new WeakMap()
    this.look()
  }

  look() {
    this.#frame ||= requestAnimationFrame(() => this.#lay())
  }

  stop() {
    cancelAnimationFrame(this.#frame)
  }

  /** @param {PaintedBlock} one */
  leave(one) {
    this.near.delete(one)
    this.#floating.delete(one)
    one.holder?.remove()
    one.holder = null
    one.box = null
    one.moved = ''
  }

  /**
   * Bring the boxes of the blocks nearby up to date; what takes too long is left to the next frame.
   */
  #lay() {
    const {isIntact, round} = lensmith.blockBoxes
    const {clipping, cut} = lensmith.stacking
    this.#frame = 0
    const ends = performance.now() + Layers.#SLICE_MS
    const origin = this.#anchor.getBoundingClientRect()
    /** @type {Map<Element, DOMRect>} */ const clipBoxes = new Map()
    // after all reads: each write would make the next read lay out the page
    /** @type {(() => void)[]} */ const writes = []
    for (const one of this.near) {
      if (!one.marks.length) continue
      if (!isIntact(one.block)) {
        // the page changed it: what was said of it is no longer true
        writes.push(() => this.leave(one))
        continue
      }
      const box = one.block.element.getBoundingClientRect()
      if (!one.box || box.width !== one.box.width || box.height !== one.box.height) {
        if (performance.now() > ends) {
          this.look()
          continue
        }
        const boxes = this.#measure(one, box)
        writes.push(() => this.#fill(one, boxes))
        one.box = {x: box.x, y: box.y, width: box.width, height: box.height}
        one.clips ??= clipping(one.block.element)
      }
      const clip = cut(box, one.clips ?? [], clipBoxes)
      const place = `translate(${round(box.x - origin.x)}px, ${round(box.y - origin.y)}px)`
      writes.push(() => this.#move(one, place, clip))
    }
    for (const write of writes) write()
  }

  /**
   * The boxes of a block's marks, relative to its element.
   * @param {PaintedBlock} one
   * @param {DOMRect} origin
   */
  #measure({block, marks: own}, origin) {
    const {rectsOf, relativeTo, styleOf, onDark} = lensmith.blockBoxes
    const dark = onDark(block.element)
    const vertical = !getComputedStyle(block.element).writingMode.startsWith('horizontal')
    const boxes = own.filter(this.#marks.isShown).flatMap((mark) => {
      const colour = this.#marks.colourOf(mark, dark ? 'dark' : 'light')
      const strong = mark.mark === this.#current()
      return rectsOf(block, mark).map((rect) =>
        styleOf(relativeTo(rect, origin), colour, {strong, dark, vertical}),
      )
    })
    return {boxes, place: lensmith.stacking.placeOf(block.element, this.#places)}
  }

  /** @param {PaintedBlock} one @param {{boxes: string[], place: StackingPlace}} laid */
  #fill(one, {boxes, place}) {
    const {NOTHING, plain} = lensmith.blockBoxes
    one.holder?.remove()
    one.moved = ''
    one.holder = plain(`${NOTHING}; ${Layers.#EMPTY}`)
    one.holder.append(...boxes.map((style) => plain(style)))
    this.#layer(place.level).append(one.holder)
    if (place.floats) this.#floating.add(one)
  }

  /** @param {PaintedBlock} one @param {string} place @param {string} clip */
  #move(one, place, clip) {
    if (!one.holder || one.moved === place + clip) return
    one.moved = place + clip
    one.holder.style.transform = place
    one.holder.style.clipPath = clip
  }

  /** The layer for text of one level. @param {string} level */
  #layer(level) {
    const {NOTHING, plain} = lensmith.blockBoxes
    let found = this.#layers.get(level)
    if (!found) {
      // Just above the text, not above everything: what the page puts over its text (a fixed
      // header, a dialog) covers the boxes too.
      found = plain(`${NOTHING}; ${Layers.#EMPTY}; z-index: ${level}; contain: layout style`)
      this.#layers.set(level, found)
      this.#root.append(found)
    }
    return found
  }

  /**
   * Covers all of the page: else one that asks what is covered (trackVisibility of
   * IntersectionObserver) would learn where boxes lie.
   */
  #pane() {
    const {NOTHING, plain} = lensmith.blockBoxes
    return plain(`${NOTHING}; position: fixed; inset: 0; z-index: 2147483646`)
  }
}
