// The sentences of a view that have a colour, by their blocks, and the way from one to the next.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.createMarks = (() => {
  const {highlightBoxes, textPlaces} = lensmith

  class Marks {
    constructor() {
      /** @type {Map<number, MarkedBlock>} */ this.blocks = new Map()
      /** @type {Map<Element, MarkedBlock[]>} */ this.byElement = new Map()
      /** @type {Map<number, Stop>} */ this.stops = new Map()
      /** @type {Set<number> | null} */ this.shownGroups = null
      /** @type {number | null} */ this.current = null
    }

    clear() {
      for (const known of [this.blocks, this.byElement, this.stops]) known.clear()
      this.shownGroups = null
      this.current = null
    }

    /** @param {number} from @param {PageBlock[]} blocks */
    addBlocks(from, blocks) {
      blocks.forEach((block, index) => {
        const of = {block, marks: [], holder: null, box: null, clips: null, moved: ''}
        this.blocks.set(from + index, of)
        this.byElement.set(block.element, [...(this.byElement.get(block.element) ?? []), of])
      })
    }

    /** @param {Mark} mark @returns {MarkedBlock | undefined} */
    add(mark) {
      const of = this.blocks.get(mark.block)
      if (!of) return undefined
      this.stops.set(mark.mark, {mark, of})
      of.marks.push(mark)
      of.box = null // to be measured
      return of
    }

    /** @param {MarkedBlock} of */
    isIntact(of) {
      return textPlaces.areIntact(of.block.pieces)
    }

    /** @param {Mark} mark */
    isShown({group}) {
      return !this.shownGroups || this.shownGroups.has(group)
    }

    /** As they follow each other in the page: what was added to it late need not stand last. */
    inOrder() {
      const blocks = [...this.blocks.values()].filter((of) => of.marks.length && this.isIntact(of))
      const nodeOf = (/** @type {MarkedBlock} */ {block}) => block.pieces[0].node
      blocks.sort((a, b) =>
        nodeOf(a).compareDocumentPosition(nodeOf(b)) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
      )
      return blocks.flatMap((of) => of.marks.map((mark) => ({mark, of})))
    }

    /**
     * The mark that follows the current one, or the one before it, around the page's end.
     * @param {1 | -1} direction @param {boolean} strayed  Whether the user may have scrolled on.
     * @returns {Stop | null}
     */
    next(direction, strayed) {
      const stops = this.inOrder().filter(({mark}) => this.isShown(mark))
      if (!stops.length) return null
      const at = stops.findIndex(({mark}) => mark.mark === this.current)
      // Out of view because it is being scrolled to still, or because the user has scrolled on
      // since: then go on from there.
      const lost = at < 0 || (strayed && !isInView(stops[at]))
      const next = lost ? firstInView(stops, direction) : at + direction
      return stops[next] ?? stops[direction > 0 ? 0 : stops.length - 1]
    }
  }

  /** @param {Stop} stop */
  function isInView({mark, of}) {
    const {top, bottom} = highlightBoxes.boundsOf(of.block, mark)
    return bottom > 0 && top < innerHeight
  }

  /** The first in view, or the last; -1 for none. @param {Stop[]} stops @param {1 | -1} direction */
  function firstInView(stops, direction) {
    const edges = (/** @type {Stop} */ {of}) => of.block.element.getBoundingClientRect()
    const bounds = (/** @type {Stop} */ {mark, of}) => highlightBoxes.boundsOf(of.block, mark)
    return direction > 0
      ? stops.findIndex((stop) => edges(stop).bottom > 0 && bounds(stop).top >= 0)
      : stops.findLastIndex(
          (stop) => edges(stop).top < innerHeight && bounds(stop).bottom <= innerHeight,
        )
  }

  return () => new Marks()
})()
