// Where a text stands among what overlaps it, what may cut it off, and on what ground.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.stacking = (() => {
  const {dom} = lensmith

  /**
   * At the z-index of the outermost stacking context around it.
   * @type {Lensmith['stacking']['placeOf']}
   */
  function placeOf(element, known) {
    const before = known.get(element)
    if (before) return before
    const parent = dom.parentOf(element)
    const outer = parent ? placeOf(parent, known) : {level: '0', stacked: false, floats: false}
    const style = dom.styleOf(element)
    const {position, zIndex} = style
    const floats = position === 'fixed' || position === 'sticky'
    const isItem = parent !== null && /flex|grid/.test(dom.styleOf(parent).display)
    const placed = zIndex !== 'auto' && (position !== 'static' || isItem)
    const stacked = placed || floats || makesContext(style)
    const place = {
      level: outer.stacked || !placed ? outer.level : zIndex,
      stacked: outer.stacked || (stacked && element !== element.ownerDocument.documentElement),
      floats: outer.floats || floats,
    }
    known.set(element, place)
    return place
  }

  /** @param {CSSStyleDeclaration} style */
  function makesContext({opacity, transform, filter, isolation}) {
    return opacity !== '1' || transform !== 'none' || filter !== 'none' || isolation === 'isolate'
  }

  /**
   * Everything around an element that does not let its content stick out.
   * @param {Element} element
   */
  function clipping(element) {
    /** @type {Element[]} */ const clips = []
    for (const each of dom.withAncestors(element)) {
      if (dom.isPage(each)) break
      if (dom.styleOf(each).overflow !== 'visible') clips.push(each)
    }
    return clips
  }

  /**
   * The clip for a box, as CSS.
   * @param {DOMRect} box @param {Element[]} clips @param {Map<Element, DOMRect>} known
   */
  function cut(box, clips, known) {
    let [top, right, bottom, left] = [-Infinity, Infinity, Infinity, -Infinity]
    for (const clip of clips) {
      const edge = known.get(clip) ?? clip.getBoundingClientRect()
      known.set(clip, edge)
      top = Math.max(top, edge.top)
      right = Math.min(right, edge.right)
      bottom = Math.min(bottom, edge.bottom)
      left = Math.max(left, edge.left)
    }
    if (top <= box.top && right >= box.right && bottom >= box.bottom && left <= box.left)
      return 'none'
    // The box itself is empty, so that insets count from its corner.
    const edges = [top - box.top, box.left - right, box.top - bottom, left - box.left]
    const lengths = edges.map((edge) => (Number.isFinite(edge) ? `${round(edge)}px` : '-99999px'))
    return `inset(${lengths.join(' ')})`
  }

  /**
   * Whether a text is light, so its ground dark: unlike the ground, which may be an image, its
   * colour is known.
   * @param {Element} element
   */
  function onDark(element) {
    return isLight(dom.styleOf(element).color)
  }

  /** @param {string} colour  As the browser computes it. */
  function isLight(colour) {
    const numbers = colour.match(/-?[\d.]+(e-?\d+)?%?/g) ?? []
    const [first = 0, second = 0, third = 0] = numbers.map(
      (part) => parseFloat(part) / (part.endsWith('%') ? 100 : 1),
    )
    if (colour.startsWith('lab') || colour.startsWith('lch')) return first > 50
    if (colour.startsWith('ok')) return first > 0.6
    const luminance = 0.2126 * first + 0.7152 * second + 0.0722 * third
    // rgb(), or color(srgb 0.1 0.2 0.3) and its kin
    return colour.startsWith('rgb') ? luminance / 255 > 0.5 : luminance > 0.5
  }

  /** @param {number} length  In CSS pixels. */
  function round(length) {
    return Math.round(length * 100) / 100
  }

  return {placeOf, clipping, cut, onDark, isLight, round}
})()
