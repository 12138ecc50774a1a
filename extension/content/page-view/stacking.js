// What is around a text: its stacking contexts, what may cut it off, what scrolls it.

var lensmith = lensmith || {}

/**
 * `level`: the z-index for boxes over a text. `floats`: it is in something fixed or sticky.
 * @typedef {{level: string, stacked: boolean, floats: boolean}} StackingPlace
 */

lensmith.stacking = (() => {
  const {parentOf} = lensmith.tree

  /**
   * The place of an element's text among what overlaps: at the z-index of the outermost stacking
   * context around it.
   * @param {Element} element
   * @param {WeakMap<Element, StackingPlace>} known
   * @returns {StackingPlace}
   */
  function placeOf(element, known) {
    let place = known.get(element)
    if (place) return place
    const parent = parentOf(element)
    const outer = parent ? placeOf(parent, known) : {level: '0', stacked: false, floats: false}
    const {position, zIndex, opacity, transform, filter, isolation} = getComputedStyle(element)
    const floats = position === 'fixed' || position === 'sticky'
    const placed =
      zIndex !== 'auto' &&
      (position !== 'static' || /flex|grid/.test(parent ? getComputedStyle(parent).display : ''))
    const stacked =
      element !== document.documentElement &&
      (placed ||
        floats ||
        opacity !== '1' ||
        transform !== 'none' ||
        filter !== 'none' ||
        isolation === 'isolate')
    place = {
      level: outer.stacked || !placed ? outer.level : zIndex,
      stacked: outer.stacked || stacked,
      floats: outer.floats || floats,
    }
    known.set(element, place)
    return place
  }

  /**
   * What may cut an element off: everything around it that does not let its content stick out.
   * @param {Element} element
   */
  function clipping(element) {
    /** @type {Element[]} */ const clips = []
    for (
      let at = /** @type {Element | null} */ (element);
      at && at !== document.body && at !== document.documentElement;
      at = parentOf(at)
    ) {
      if (getComputedStyle(at).overflow !== 'visible') clips.push(at)
    }
    return clips
  }

  /**
   * The clip for a box, as CSS.
   * @param {DOMRect} box
   * @param {Element[]} clips
   * @param {Map<Element, DOMRect>} known
   */
  function cut(box, clips, known) {
    const edges = {top: -Infinity, right: Infinity, bottom: Infinity, left: -Infinity}
    for (const clip of clips) {
      const edge = known.get(clip) ?? clip.getBoundingClientRect()
      known.set(clip, edge)
      edges.top = Math.max(edges.top, edge.top)
      edges.right = Math.min(edges.right, edge.right)
      edges.bottom = Math.min(edges.bottom, edge.bottom)
      edges.left = Math.max(edges.left, edge.left)
    }
    return insetOf(box, edges)
  }

  /**
   * @param {{top: number, right: number, bottom: number, left: number}} box
   * @param {{top: number, right: number, bottom: number, left: number}} edges
   */
  function insetOf(box, {top, right, bottom, left}) {
    if (top <= box.top && right >= box.right && bottom >= box.bottom && left <= box.left)
      return 'none'
    // The holder is empty, so that insets count from its corner.
    const insets = [top - box.top, box.left - right, box.top - bottom, left - box.left]
    const {round} = lensmith.blockBoxes
    return `inset(${insets.map((inset) => (Number.isFinite(inset) ? `${round(inset)}px` : '-99999px')).join(' ')})`
  }

  /** The scrollers around an element, the nearest first. @param {Element} element */
  function scrollersOf(element) {
    /** @type {Element[]} */ const scrollers = []
    for (let at = parentOf(element); at; at = parentOf(at)) {
      const whole = at === document.scrollingElement
      if (
        whole ||
        (at !== document.body &&
          at !== document.documentElement &&
          /auto|scroll/.test(getComputedStyle(at).overflowY) &&
          at.scrollHeight > at.clientHeight)
      )
        scrollers.push(at)
    }
    return scrollers
  }

  return {placeOf, clipping, cut, insetOf, scrollersOf}
})()
