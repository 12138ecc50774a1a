// The boxes that colour a sentence: where they lie, and how they look.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.highlightBoxes = (() => {
  const {dom, stacking, textPlaces} = lensmith
  const UNDERLINE = 2 // CSS pixels
  const TOUCHING = 1 // CSS pixels between two boxes that are one

  // The page's styles do not come in, no pointer is taken, and forced colours leave ours. Each
  // element says it: `all` undoes what it would inherit.
  const PLAIN = 'all: initial; pointer-events: none; forced-color-adjust: none'

  /** One rectangle a line. @type {Lensmith['highlightBoxes']['linesOf']} */
  function linesOf({pieces}, {start, end}) {
    /** @type {DOMRectInit[]} */ const lines = []
    for (const {rects} of textPlaces.rectsOf(pieces, start, end)) {
      for (const {x, y, width, height} of rects) {
        if (width < 1 || height < 1) continue
        const last = /** @type {Required<DOMRectInit> | undefined} */ (lines.at(-1))
        if (last && touches(last, {x, y, height})) last.width += width
        else lines.push({x, y, width, height})
      }
    }
    return /** @type {Required<DOMRectInit>[]} */ (lines)
  }

  /**
   * @param {Required<DOMRectInit>} last @param {{x: number, y: number, height: number}} next
   */
  function touches(last, {x, y, height}) {
    return (
      Math.abs(last.y - y) < TOUCHING &&
      Math.abs(last.height - height) < TOUCHING &&
      Math.abs(last.x + last.width - x) < TOUCHING
    )
  }

  /** The edges of all of a mark's lines. @type {Lensmith['highlightBoxes']['boundsOf']} */
  function boundsOf(block, mark) {
    const lines = linesOf(block, mark)
    return {
      top: Math.min(...lines.map(({y}) => y)),
      bottom: Math.max(...lines.map(({y, height}) => y + height)),
    }
  }

  /** @type {Lensmith['highlightBoxes']['stylesOf']} */
  function stylesOf(block, marks, origin, tints, current) {
    const dark = stacking.onDark(block.element)
    const vertical = !dom.styleOf(block.element).writingMode.startsWith('horizontal')
    return marks.flatMap((mark) => {
      const colour = tints[mark.group]?.[dark ? 'dark' : 'light']
      const look = lookOf(colour, mark.mark === current, dark, vertical)
      return linesOf(block, mark).map(({x, y, width, height}) => {
        const edges = Object.entries({left: x - origin.x, top: y - origin.y, width, height})
        const place = edges.map(([edge, value]) => `${edge}: ${stacking.round(value)}px`).join('; ')
        return `${PLAIN}; position: absolute; box-sizing: border-box; ${place}; ${look}`
      })
    })
  }

  /**
   * @param {string} colour @param {boolean} strong @param {boolean} dark @param {boolean} vertical
   */
  function lookOf(colour, strong, dark, vertical) {
    const share = (strong ? 30 : 13) + (dark ? 5 : 0)
    const line = vertical ? 'border-right' : 'border-bottom'
    return `background: color-mix(in srgb, ${colour} ${share}%, transparent); ${line}: ${UNDERLINE}px solid ${colour}; border-radius: 2px;
      ${strong ? `outline: 2px solid ${colour}; outline-offset: 1px` : ''}`
  }

  return {PLAIN, linesOf, boundsOf, stylesOf}
})()
