// Keeps the card beside its text, or where the reader dragged it.

var lensmith = lensmith || {}

/**
 * @param {Window & typeof globalThis} page
 * @param {CardFrame} card
 * @param {{docked: boolean, direction: 'ltr' | 'rtl', textBox: () => Box}} text  `textBox`: as the
 *   page sees it.
 */
lensmith.createCardLayout = (page, {holder, frame, waiting}, {docked, direction, textBox}) => {
  /** After its page said its first word, the frame has been painted by then. */
  const PAINTED_AFTER_MS = 1000
  const WIDTH = 340
  const WAITING_HEIGHT = 120
  /**
   * The side is chosen for a card with its result, so that it need not change sides when that
   * comes.
   */
  const EXPECTED_HEIGHT = 320
  /**
   * The page can find out how tall the frame is; in these steps that tells little of its content.
   */
  const HEIGHT_STEP = 16
  const {beside, corner, inside} = lensmith.positioning
  const rightToLeft = direction === 'rtl'
  let height = WAITING_HEIGHT
  /** @type {Side | null} */ let side = null
  /** Where the reader put it. @type {Box | null} */ let dragged = null
  /** @type {Box | null} */ let grabbed = null

  return {
    lay,

    /** @param {number} wanted */
    resize(wanted) {
      height = Math.ceil(wanted / HEIGHT_STEP) * HEIGHT_STEP
      lay()
      setTimeout(() => waiting.remove(), PAINTED_AFTER_MS)
    },

    grab() {
      grabbed = frame.getBoundingClientRect()
    },

    /** @param {{x: number, y: number}} by  Since it was grabbed. */
    move({x, y}) {
      if (!grabbed) return
      dragged = {...grabbed, left: grabbed.left + x, top: grabbed.top + y}
      lay()
    },
  }

  function lay() {
    const viewport = lensmith.windows.viewportOf(page)
    if (dragged) {
      const {left, top} = dragged
      const {width, height: most} = corner(viewport, WIDTH, height, false)
      put(inside({left, top, width, height: most}, viewport))
    } else if (docked) {
      put(corner(viewport, WIDTH, height, rightToLeft))
    } else {
      const wanted = {text: textBox(), viewport, width: WIDTH, rightToLeft}
      side = beside({...wanted, height: Math.max(height, EXPECTED_HEIGHT), side}).side
      put(beside({...wanted, height, side}).box)
    }
  }

  /** @param {Box} box */
  function put({left, top, width, height}) {
    for (const {style} of [waiting, frame]) {
      // a style of the page may zoom everything in it
      style.zoom = String(1 / (holder.currentCSSZoom ?? 1))
      Object.assign(style, {
        left: `${left}px`,
        top: `${top}px`,
        width: `${width}px`,
        height: `${height}px`,
      })
    }
  }
}
