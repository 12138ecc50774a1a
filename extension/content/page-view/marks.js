// The blocks of a page view, the marks in them, and which of those are shown.

var lensmith = lensmith || {}

/**
 * A block with its marks. `holder` holds its boxes; `box`: where the element was when they were
 * laid, null if they have to be; `clips`: what may cut it off; `moved`: the transform and clip that
 * the holder has.
 * @typedef {object} PaintedBlock
 * @property {import('../../shared/page-view.js').PageBlock} block
 * @property {import('../../shared/page-view.js').Mark[]} marks
 * @property {HTMLElement | null} holder
 * @property {Rect | null} box
 * @property {Element[] | null} clips
 * @property {string} moved
 * @typedef {{mark: import('../../shared/page-view.js').Mark, of: PaintedBlock}} MarkStop
 * @typedef {ReturnType<typeof lensmith.createMarks>} MarkStore
 */

lensmith.createMarks = () => {
  const {isIntact} = lensmith.blockBoxes
  /** @type {Map<number, PaintedBlock>} */ const blocks = new Map()
  /** @type {Map<Element, PaintedBlock[]>} */ const byElement = new Map()
  /** @type {Map<number, MarkStop>} */ const stops = new Map()
  /** @type {import('../../shared/page-view.js').Tint[]} */ let tints = []
  /** @type {Set<number> | null} */ let groups = null

  return {
    blocks,
    stops,

    /** @param {import('../../shared/page-view.js').Tint[]} given */
    setTints(given) {
      tints = given
    },

    /** @param {number[] | null} given  Null: all. */
    setGroups(given) {
      groups = given && new Set(given)
    },

    /** @param {import('../../shared/page-view.js').Mark} mark */
    isShown: ({group}) => !groups || groups.has(group),

    /** @param {import('../../shared/page-view.js').Mark} mark @param {'light' | 'dark'} ground */
    colourOf: ({group}, ground) => tints[group]?.[ground] ?? 'transparent',

    /** @param {number} from @param {import('../../shared/page-view.js').PageBlock[]} given */
    addBlocks(from, given) {
      given.forEach((block, index) => {
        const one = {block, marks: [], holder: null, box: null, clips: null, moved: ''}
        blocks.set(from + index, one)
        byElement.set(block.element, [...(byElement.get(block.element) ?? []), one])
      })
    },

    /**
     * @param {import('../../shared/page-view.js').Mark} mark
     * @returns {PaintedBlock | undefined} The block around it.
     */
    addMark(mark) {
      const of = blocks.get(mark.block)
      if (!of) return undefined
      stops.set(mark.mark, {mark, of})
      of.marks.push(mark)
      return of
    },

    /** @param {Element} element */
    blocksIn: (element) => byElement.get(element) ?? [],

    /**
     * All marks, as they follow each other in the page: what was added to it late need not stand
     * last.
     * @returns {MarkStop[]}
     */
    inOrder() {
      return [...blocks.values()]
        .filter(({block, marks}) => marks.length && isIntact(block))
        .sort((one, other) => (follows(other, one) ? -1 : 1))
        .flatMap((of) => of.marks.map((mark) => ({mark, of})))
    },

    clear() {
      for (const known of [blocks, byElement, stops]) known.clear()
      groups = null
    },
  }

  /** @param {PaintedBlock} one @param {PaintedBlock} other */
  function follows({block: {pieces: later}}, {block: {pieces: earlier}}) {
    const [a, b] = [earlier[0]?.node, later[0]?.node]
    return Boolean(a && b && a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING)
  }
}
