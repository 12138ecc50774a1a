// What the eye sees of a text: not what is hidden, clipped away, or moved to where nobody can
// scroll.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.visibility = (() => {
  const {dom, secrets} = lensmith
  const TRANSPARENT = 0.02 // opacity, below which nothing is seen
  const PIXEL = 1 // text for screen readers alone stands in a box of one pixel
  const MOST = 0.9 // of the viewport: what is as large moves its content as the page scrolls
  const LONG = 1000 // characters: of a longer text the two ends are measured

  /** @type {Sight} */
  const OPEN = {selectable: true, masked: false, fixed: false, scroller: null, clips: []}

  /** What is seen inside of an element, by all that is around it; null: nothing. */
  const sightIn = (/** @type {Element} */ element) =>
    dom
      .withAncestors(element)
      .reverse()
      .reduce((/** @type {Sight | null} */ outer, each, index, chain) => {
        if (!outer || (index && isInClosedDetails(each, chain[index - 1]))) return null
        return enter(each, dom.styleOf(each), outer)
      }, OPEN)

  /**
   * What is seen inside of an element; null: nothing.
   * @param {Element} element @param {CSSStyleDeclaration} style @param {Sight} outer
   * @returns {Sight | null}
   */
  function enter(element, style, outer) {
    if (isGone(style)) return null
    let sight = outer
    const selectable = isSelectable(element, style, outer)
    const masked = secrets.isMasked(style)
    if (selectable !== outer.selectable || masked !== outer.masked)
      sight = {...sight, selectable, masked}
    if (style.position === 'fixed') sight = {...sight, fixed: true, scroller: null, clips: []}
    if (isInline(style) || dom.isPage(element)) return sight
    const {overflowX, overflowY} = style
    if (overflowX === 'visible' && overflowY === 'visible') return sight
    const {clientWidth, clientHeight} = element
    if (clientWidth <= PIXEL || clientHeight <= PIXEL) return hidesAll(element) ? null : sight
    if (isScroller(element, overflowX, overflowY))
      return boxIsSeen(element, sight)
        ? {...sight, fixed: false, scroller: element, clips: []}
        : null
    const clip = {element, x: hides(overflowX), y: hides(overflowY)}
    const {defaultView} = element.ownerDocument
    if (clientWidth >= (defaultView?.innerWidth ?? 0) * MOST) clip.x = false
    if (clientHeight >= (defaultView?.innerHeight ?? 0) * MOST) clip.y = false
    return clip.x || clip.y ? {...sight, clips: [...sight.clips, clip]} : sight
  }

  /** @param {CSSStyleDeclaration} style */
  function isGone(style) {
    const {display, opacity, contentVisibility, clipPath, clip, position} = style
    if (display === 'none' || Number(opacity || 1) < TRANSPARENT) return true
    if (contentVisibility === 'hidden' && !isInline(style)) return true
    if (clipPath && clipPath !== 'none' && leavesNothing(clipPath)) return true
    return (position === 'absolute' || position === 'fixed') && isEmptyRect(clip)
  }

  /** Whether a clip-path leaves nothing to be seen. @param {string} path */
  function leavesNothing(path) {
    const [, shape, inner] = /^([a-z]+)\((.*)\)/.exec(path) ?? []
    if (!shape) return false
    if (shape === 'circle' || shape === 'ellipse') return /^0(?:px|%)?(?:\s|$)/.test(inner)
    if (shape === 'polygon') return new Set(inner.split(/,\s*/)).size < 3
    if (shape !== 'inset') return false
    const sides = inner.split(/\s+round\s+/)[0].split(/\s+/)
    if (!sides.every((side) => /^[\d.]+(?:%|px)$/.test(side))) return false
    const share = sides.map((side) => (side.endsWith('%') ? parseFloat(side) : 0))
    const [top, right = top, bottom = top, left = right] = share
    return top + bottom >= 99 || left + right >= 99
  }

  /** @param {string | undefined} clip  The old property: rect(top, right, bottom, left). */
  function isEmptyRect(clip) {
    const sides = /^rect\((.*)\)$/
      .exec(clip ?? '')?.[1]
      .split(/[\s,]+/)
      .map(parseFloat)
    if (!sides || sides.length < 4 || sides.some(Number.isNaN)) return false
    return sides[2] - sides[0] <= PIXEL || sides[1] - sides[3] <= PIXEL
  }

  /** @param {CSSStyleDeclaration} style */
  function isInline({display}) {
    return /^(?:inline|contents|ruby|ruby-base)?$/.test(display)
  }

  /** Whether an empty box with hidden overflow is one at all. @param {Element} element */
  function hidesAll(element) {
    return element.getClientRects().length > 0 // internal table parts have none
  }

  /** @param {string} overflow */
  function hides(overflow) {
    return overflow === 'hidden' || overflow === 'clip'
  }

  /** @param {Element} element @param {string} overflowX @param {string} overflowY */
  function isScroller(element, overflowX, overflowY) {
    const scrolls = (/** @type {string} */ value) => value === 'auto' || value === 'scroll'
    return (
      (scrolls(overflowX) && element.scrollWidth > element.clientWidth) ||
      (scrolls(overflowY) && element.scrollHeight > element.clientHeight)
    )
  }

  /** @param {Element} element @param {CSSStyleDeclaration} style @param {Sight} outer */
  function isSelectable(element, style, outer) {
    const value = style.userSelect || style.webkitUserSelect
    if (/** @type {HTMLElement} */ (element).isContentEditable) return true
    if (value === 'none') return false
    return outer.selectable || value === 'text' || value === 'all' || value === 'contain'
  }

  /** Whether all but its summary is folded away. @param {Node} child @param {Element} parent */
  function isInClosedDetails(child, parent) {
    if (parent.localName !== 'details' || /** @type {HTMLDetailsElement} */ (parent).open)
      return false
    return child !== parent.querySelector(':scope > summary')
  }

  /** Whether some of a text node is seen. @param {Text} text @param {Sight} sight */
  function textIsSeen(text, from = 0, to = text.length, sight = OPEN) {
    const range = text.ownerDocument.createRange()
    const ends = to - from > LONG ? [from, to - LONG / 2] : [from]
    return ends.some((start) => {
      range.setStart(text, start)
      range.setEnd(text, ends.length > 1 ? start + LONG / 2 : to)
      return anyIsSeen(range.getClientRects(), text.ownerDocument, sight)
    })
  }

  /** Whether some of an element's box is seen. @param {Element} element @param {Sight} sight */
  function boxIsSeen(element, sight) {
    return anyIsSeen(element.getClientRects(), element.ownerDocument, sight)
  }

  /** @param {DOMRectList} boxes @param {Document} document @param {Sight} sight */
  function anyIsSeen(boxes, document, sight) {
    const limits = sight.fixed ? viewportOf(document) : reachable(document, sight.scroller)
    const clips = sight.clips.map(({element, x, y}) => ({
      box: element.getBoundingClientRect(),
      x,
      y,
    }))
    return Array.from(boxes).some(
      (box) =>
        box.width > 0 &&
        box.height > 0 &&
        box.right > limits.left &&
        box.left < limits.right &&
        box.bottom > limits.top &&
        box.top < limits.bottom &&
        clips.every(
          ({box: clip, x, y}) =>
            (!x || (box.right > clip.left && box.left < clip.right)) &&
            (!y || (box.bottom > clip.top && box.top < clip.bottom)),
        ),
    )
  }

  /** @param {Document} document @returns {Edges} */
  function viewportOf({defaultView}) {
    const {innerWidth = 0, innerHeight = 0} = defaultView ?? {}
    return {left: 0, top: 0, right: innerWidth, bottom: innerHeight}
  }

  /**
   * How far one can scroll, in CSS pixels of the viewport as it is now.
   * @param {Document} document @param {Element | null} scroller @returns {Edges}
   */
  function reachable(document, scroller) {
    const element = scroller ?? document.scrollingElement ?? document.documentElement
    const style = dom.styleOf(element)
    const box = scroller?.getBoundingClientRect() ?? {left: 0, top: 0}
    const left = box.left + (scroller ? scroller.clientLeft : 0) - element.scrollLeft
    const top = box.top + (scroller ? scroller.clientTop : 0) - element.scrollTop
    const backwards = style.direction === 'rtl' || style.writingMode === 'vertical-rl'
    // What a page or box hides at its side, nobody scrolls to.
    const hidden = hides(scroller ? style.overflowX : overflowOfPage(document))
    const right = left + element.clientWidth
    return {
      left: backwards && !hidden ? -Infinity : left,
      top,
      right: backwards || hidden ? right : Infinity,
      bottom: Infinity,
    }
  }

  /** The page's own, which may be that of its body. @param {Document} document */
  function overflowOfPage({documentElement, body}) {
    const {overflowX} = dom.styleOf(documentElement)
    return overflowX === 'visible' && body ? dom.styleOf(body).overflowX : overflowX
  }

  return {sightIn, enter, isInline, isInClosedDetails, textIsSeen, boxIsSeen}
})()
