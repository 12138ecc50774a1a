// What the eye can see of a page, by the styles and the boxes of its elements.

var lensmith = lensmith || {}

/**
 * What lies around a text. `clips` cut off what sticks out of them; `origin` is where a reader can
 * scroll to at most, to the left and to the top.
 * @typedef {{left: number, top: number, rightToLeft: boolean}} ScrollOrigin
 * @typedef {{clips: Element[], origin: ScrollOrigin}} Surroundings
 */

lensmith.visibility = (() => {
  const HIDES = /hidden|clip/
  const SCROLLS = /auto|scroll/
  /** A clip path that leaves nothing, as for text that only screen readers read. */
  const NOTHING_LEFT =
    /^inset\(([5-9]\d|100)(\.\d+)?%|^(circle|ellipse)\(0(px|%)?[ )]|^polygon\((0(px|%)?[, ]*)+\)/
  const FAR = -900 // pixels of an indent that takes a text off the screen

  /** @param {Element} element @returns {Surroundings} */
  function around(element) {
    const view = /** @type {Window} */ (element.ownerDocument.defaultView)
    const rightToLeft =
      view.getComputedStyle(element.ownerDocument.documentElement).direction === 'rtl'
    return {clips: [], origin: {left: -view.scrollX, top: -view.scrollY, rightToLeft}}
  }

  /**
   * Whether nothing in an element can be seen, whatever the styles in it say.
   * @param {CSSStyleDeclaration} style
   */
  function isHidden(style) {
    return (
      style.display === 'none' ||
      Number(style.opacity) === 0 ||
      style.contentVisibility === 'hidden' ||
      NOTHING_LEFT.test(style.clipPath) ||
      isClippedAway(style)
    )
  }

  /**
   * By the old property, with which screen readers' text is still hidden.
   * @param {CSSStyleDeclaration} style
   */
  function isClippedAway({clip, position}) {
    if (clip === 'auto' || !clip || !/absolute|fixed/.test(position)) return false
    const [top = 0, right = 0, bottom = 0, left = 0] = (clip.match(/-?[\d.]+/g) ?? []).map(Number)
    return right - left <= 1 || bottom - top <= 1
  }

  /**
   * The surroundings of what is in an element; null where the element itself is out of sight.
   * @param {Element} element
   * @param {CSSStyleDeclaration} style
   * @param {Surroundings} outer
   * @returns {Surroundings | null}
   */
  function enter(element, style, outer) {
    if (isRoot(element)) return outer
    const {position, overflowX, overflowY, direction} = style
    let {clips, origin} = outer
    if (position === 'fixed') {
      clips = []
      origin = {left: 0, top: 0, rightToLeft: false}
    } else if (position === 'absolute') clips = clips.filter(holdsPositioned)
    if (SCROLLS.test(overflowX) || SCROLLS.test(overflowY)) {
      const box = element.getBoundingClientRect()
      if (isOutOfSight(box, {clips, origin})) return null
      const [left, top] = [box.left - element.scrollLeft, box.top - element.scrollTop]
      return {clips: [], origin: {left, top, rightToLeft: direction === 'rtl'}}
    }
    if (HIDES.test(overflowX) || HIDES.test(overflowY)) clips = [...clips, element]
    return clips === outer.clips && origin === outer.origin ? outer : {clips, origin}
  }

  /** The viewport scrolls these. @param {Element} element */
  function isRoot(element) {
    const {documentElement, body} = element.ownerDocument
    return element === documentElement || element === body
  }

  /** @param {Element} clip */
  function holdsPositioned(clip) {
    const {position, transform, contain} = getComputedStyle(clip)
    return (
      position !== 'static' || transform !== 'none' || /paint|layout|strict|content/.test(contain)
    )
  }

  /**
   * Whether a reader sees some of a text, or can scroll to it.
   * @param {Text} text
   * @param {CSSStyleDeclaration} style  Of the element around it.
   * @param {Surroundings} surroundings
   */
  function isTextSeen(text, style, surroundings) {
    if (style.visibility !== 'visible') return false
    if (parseFloat(style.textIndent) < FAR) return false
    const range = text.ownerDocument.createRange()
    range.selectNodeContents(text)
    const box = range.getBoundingClientRect()
    // white space that leaves no trace has no box
    return box.width * box.height > 0 ? !isOutOfSight(box, surroundings) : !text.data.trim()
  }

  /** @param {DOMRect} box @param {Surroundings} surroundings */
  function isOutOfSight(box, {clips, origin}) {
    if (box.bottom <= origin.top) return true
    if (!origin.rightToLeft && box.right <= origin.left) return true
    return clips.some((clip) => {
      const {left, top, right, bottom} = clip.getBoundingClientRect()
      const [width, height] = [right - left, bottom - top]
      // Where a clip is a pixel wide, that is no letter.
      if (width <= 1 || height <= 1) return true
      return box.right <= left || box.left >= right || box.bottom <= top || box.top >= bottom
    })
  }

  /**
   * Whether the page shows dots in place of the letters, as for a password.
   * @param {CSSStyleDeclaration} style
   */
  function isMasked(style) {
    const masked = style.getPropertyValue('-webkit-text-security')
    return masked !== '' && masked !== 'none'
  }

  return {around, enter, isHidden, isTextSeen, isMasked}
})()
