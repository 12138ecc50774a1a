// Takes the reader from mark to mark.

var lensmith = lensmith || {}

/**
 * `walk` and `go` answer with the mark that the reader was taken to; `stray`: the reader may have
 * left it since.
 * @typedef {object} MarkSteps
 * @property {() => number | null} current
 * @property {() => void} stray
 * @property {(direction: 1 | -1) => number | null} walk
 * @property {(mark: number) => number | null} go
 * @property {() => void} clear
 */

lensmith.createSteps = (() => {
  const COMFORT = 0.12 // of the viewport: a sentence this far from its edges is left where it is
  const READING_LINE = 0.3 // of the viewport: where a sentence is put that the reader is taken to
  const {isIntact, rectsOf} = lensmith.blockBoxes
  const {scrollersOf} = lensmith.stacking

  /** @param {MarkStore} marks @returns {MarkSteps} */
  return (marks) => {
    /** @type {number | null} */ let current = null
    let strayed = false // whether the reader may have left it since

    return {
      current: () => current,

      stray() {
        strayed = true
      },

      walk(direction) {
        const stops = marks.inOrder().filter(({mark}) => marks.isShown(mark))
        const next = stops[nextIndex(stops, direction)] ?? stops.at(direction > 0 ? 0 : -1)
        return next ? goTo(next) : null // around the end of the page back to its beginning
      },

      go(number) {
        const stop = marks.stops.get(number)
        return stop && isIntact(stop.of.block) ? goTo(stop) : null
      },

      clear() {
        current = null
      },
    }

    /** @param {MarkStop[]} stops @param {1 | -1} direction  -1 also where there is none. */
    function nextIndex(stops, direction) {
      const at = stops.findIndex(({mark}) => mark.mark === current)
      const last = stops[at]
      // Out of view because it is being scrolled to still, or because the reader has scrolled on
      // since: then go on from there.
      if (last && !(strayed && !inView(last))) return at + direction
      return direction > 0
        ? stops.findIndex((stop) => edgesOf(stop).bottom > 0 && boundsOf(stop).top >= 0)
        : stops.findLastIndex(
            (stop) => edgesOf(stop).top < innerHeight && boundsOf(stop).bottom <= innerHeight,
          )
    }

    /** @param {MarkStop} stop */
    function goTo(stop) {
      const before = current === null ? undefined : marks.stops.get(current)
      if (before) before.of.box = null // to be laid again
      stop.of.box = null
      current = stop.mark.mark
      strayed = false
      scrollTo(stop)
      return current
    }
  }

  /** Of the whole block: cheap, beside those of a mark. @param {MarkStop} stop */
  function edgesOf({of}) {
    return of.block.element.getBoundingClientRect()
  }

  /** @param {MarkStop} stop */
  function boundsOf({mark, of}) {
    const rects = rectsOf(of.block, mark)
    return {
      top: Math.min(...rects.map(({y}) => y)),
      bottom: Math.max(...rects.map(({y, height}) => y + height)),
    }
  }

  /** @param {MarkStop} stop */
  function inView(stop) {
    const {top, bottom} = boundsOf(stop)
    return bottom > 0 && top < innerHeight
  }

  /**
   * Take the reader to a mark, through every scroller around it.
   * @param {MarkStop} stop
   */
  function scrollTo(stop) {
    // Workaround: Firefox does not scroll smoothly in a hidden page, but stays where it is. Seen in
    // Firefox 153; no report was found. `document.hidden` may go when it scrolls there.
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches || document.hidden
    const behavior = still ? 'instant' : 'smooth'
    let goal = boundsOf(stop)
    for (const scroller of scrollersOf(stop.of.block.element)) {
      const whole = scroller === document.scrollingElement
      const edges = scroller.getBoundingClientRect()
      const start = whole ? 0 : edges.top
      const height = whole ? innerHeight : scroller.clientHeight
      const readable =
        goal.top >= start + height * COMFORT && goal.bottom <= start + height * (1 - COMFORT)
      const top = scroller.scrollTop + goal.top - start - height * READING_LINE
      if (!readable) scroller.scrollTo({top, behavior})
      goal = edges // the scroller itself has to be in view in the next one
    }
  }
})()
