// Takes the user to a place on the page, through every scroller around it.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.scrolling = (() => {
  const {dom} = lensmith
  const COMFORT = 0.12 // of the viewport: what is this far from its edges is left where it is
  const READING_LINE = 0.3 // of the viewport: where a sentence is put that the user is taken to

  /** The scrollers around an element, the nearest first. @param {Element} element */
  function scrollersOf(element) {
    return dom
      .withAncestors(dom.parentOf(element))
      .filter(
        (each) =>
          each === document.scrollingElement ||
          (!dom.isPage(each) &&
            /auto|scroll/.test(dom.styleOf(each).overflowY) &&
            each.scrollHeight > each.clientHeight),
      )
  }

  /**
   * @param {Element} element @param {{top: number, bottom: number}} bounds  Of the part of it that
   *   is to be seen.
   */
  function scrollTo(element, bounds) {
    // where nobody sees it, Firefox glides nowhere
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches || document.hidden
    const behavior = /** @type {ScrollBehavior} */ (still ? 'instant' : 'smooth')
    let goal = bounds
    for (const scroller of scrollersOf(element)) {
      const whole = scroller === document.scrollingElement
      const edges = scroller.getBoundingClientRect()
      const [start, height] = whole ? [0, innerHeight] : [edges.top, scroller.clientHeight]
      const readable =
        goal.top >= start + height * COMFORT && goal.bottom <= start + height * (1 - COMFORT)
      const top = scroller.scrollTop + goal.top - start - height * READING_LINE
      if (!readable) scroller.scrollTo({top, behavior})
      goal = edges // the scroller itself has to be in view in the next one
    }
  }

  return {scrollersOf, scrollTo}
})()
