// The boxes of a block's text on the page, and how they look.

var lensmith = lensmith || {}

/**
 * In CSS pixels of the viewport, or of what holds it.
 * @typedef {{x: number, y: number, width: number, height: number}} Rect
 */

lensmith.blockBoxes = (() => {
  const UNDERLINE = 2
  /**
   * The page's styles do not come in, no pointer is taken, and forced colours leave ours. Each
   * element says it: `all` undoes what it would inherit.
   */
  const NOTHING =
    'all: initial; visibility: inherit; pointer-events: none; forced-color-adjust: none'

  /**
   * Whether a block still holds the text that was read.
   * @param {import('../../shared/page-view.js').PageBlock} block
   */
  function isIntact({pieces}) {
    return pieces.every(({node, data}) => node.isConnected && shownBy(node) === data)
  }

  /** @param {Text | Element} node */
  function shownBy(node) {
    return node.nodeType === Node.TEXT_NODE
      ? /** @type {Text} */ (node).data
      : lensmith.specialText.emojiOf(/** @type {Element} */ (node))
  }

  /**
   * One rectangle a line.
   * @param {import('../../shared/page-view.js').PageBlock} block
   * @param {{start: number, end: number}} mark
   * @returns {Rect[]}
   */
  function rectsOf({pieces}, {start, end}) {
    /** @type {Rect[]} */ const lines = []
    const range = document.createRange()
    for (const {node, data, at} of pieces) {
      const [from, to] = [Math.max(start - at, 0), Math.min(end - at, data.length)]
      if (from >= to) continue
      if (node.nodeType === Node.TEXT_NODE) {
        // A range over elements would answer with their boxes as well; this one lies within a text.
        range.setStart(node, from)
        range.setEnd(node, to)
      } else range.selectNode(node)
      for (const rect of range.getClientRects()) {
        if (rect.width >= 1 && rect.height >= 1) addToLines(lines, rect)
      }
    }
    return lines
  }

  /** @param {Rect[]} lines @param {Rect} rect */
  function addToLines(lines, {x, y, width, height}) {
    const last = lines.at(-1)
    const continues =
      last &&
      Math.abs(last.y - y) < 1 &&
      Math.abs(last.height - height) < 1 &&
      Math.abs(last.x + last.width - x) < 1
    if (continues) last.width += width
    else lines.push({x, y, width, height})
  }

  /** @param {Rect} box @param {{x: number, y: number}} origin @returns {Rect} */
  function relativeTo({x, y, width, height}, origin) {
    return {
      x: round(x - origin.x),
      y: round(y - origin.y),
      width: round(width),
      height: round(height),
    }
  }

  /**
   * @param {Rect} box
   * @param {string} colour
   * @param {{strong: boolean, dark: boolean, vertical: boolean}} look
   */
  function styleOf({x, y, width, height}, colour, {strong, dark, vertical}) {
    const share = (strong ? 30 : 13) + (dark ? 5 : 0)
    const line = vertical ? 'border-right' : 'border-bottom'
    return `${NOTHING}; position: absolute; box-sizing: border-box; left: ${x}px; top: ${y}px; width: ${width}px; height: ${height}px;
      background: color-mix(in srgb, ${colour} ${share}%, transparent); ${line}: ${UNDERLINE}px solid ${colour}; border-radius: 2px;
      ${strong ? `outline: 2px solid ${colour}; outline-offset: 1px` : ''}`
  }

  /**
   * Whether a text is light, so its ground dark: unlike the ground, which may be an image, its
   * colour is known.
   * @param {Element} element
   */
  function onDark(element) {
    return isLight(getComputedStyle(element).color)
  }

  /** @param {string} colour  As the browser computes it. */
  function isLight(colour) {
    const numbers = colour.match(/-?[\d.]+(e-?\d+)?%?/g) ?? []
    const [first = 0, second = 0, third = 0] = numbers.map(
      (part) => parseFloat(part) / (part.endsWith('%') ? 100 : 1),
    )
    const luminance = 0.2126 * first + 0.7152 * second + 0.0722 * third
    if (colour.startsWith('rgb')) return luminance / 255 > 0.5
    if (colour.startsWith('lab') || colour.startsWith('lch')) return first > 50
    if (colour.startsWith('ok')) return first > 0.6
    return luminance > 0.5 // color(srgb 0.1 0.2 0.3) and its kin
  }

  /** @param {string} [style] */
  function plain(style = '') {
    const made = document.createElement('div')
    made.style.cssText = style
    return made
  }

  /** @param {number} length  In CSS pixels. */
  function round(length) {
    return Math.round(length * 100) / 100
  }

  return {NOTHING, isIntact, rectsOf, relativeTo, styleOf, onDark, isLight, plain, round}
})()
