// A strip beside the scrollbar that shows where on the page the colours are.

var lensmith = lensmith || {}

/** @typedef {{at: number, colour: string}} MinimapTick */

lensmith.createMinimap = (() => {
  const SLICE_MS = 6 // of a frame
  const WIDTH = 10
  const REDRAW_DELAY_MS = 300 // it measures all marks, which is too dear for every change
  const {NOTHING, isIntact, onDark, plain} = lensmith.blockBoxes
  const {scrollersOf} = lensmith.stacking

  /** @param {HTMLElement} root @param {MarkStore} marks */
  return (root, marks) => {
    const draw = createStrip(root)
    /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer

    return {
      drawSoon() {
        timer ??= setTimeout(async () => {
          timer = undefined
          const scroller = scrollerOfMarks()
          draw(scroller, await ticksIn(scroller))
        }, REDRAW_DELAY_MS)
      },

      stop: () => clearTimeout(timer),
    }

    function firstMark() {
      return [...marks.stops.values()].find(({of}) => isIntact(of.block))
    }

    function scrollerOfMarks() {
      const first = firstMark()
      return (
        (first && scrollersOf(first.of.block.element)[0]) ??
        document.scrollingElement ??
        document.documentElement
      )
    }

    /**
     * The place and the colour of each mark. Works in slices, so that the page stays responsive.
     * @param {Element} scroller
     */
    async function ticksIn(scroller) {
      const first = firstMark()
      const ground = first && onDark(first.of.block.element) ? 'dark' : 'light'
      /** @type {MinimapTick[]} */ const ticks = []
      let ends = performance.now() + SLICE_MS
      for (const {block, marks: own} of marks.blocks.values()) {
        if (!own.length || !isIntact(block)) continue
        const {top, height} = block.element.getBoundingClientRect()
        const start = isPage(scroller) ? 0 : scroller.getBoundingClientRect().top
        for (const mark of own.filter(marks.isShown)) {
          const y = top - start + scroller.scrollTop + height * (mark.start / block.text.length)
          ticks.push({at: y / scroller.scrollHeight, colour: marks.colourOf(mark, ground)})
        }
        if (performance.now() < ends) continue
        await new Promise((resolve) => setTimeout(resolve))
        ends = performance.now() + SLICE_MS
      }
      return ticks
    }
  }

  /** @param {HTMLElement} root */
  function createStrip(root) {
    const strip = plain(
      `${NOTHING}; position: fixed; right: 0; width: ${WIDTH}px; z-index: 2147483646;` +
        ' background: #8882; display: none',
    )
    const canvas = document.createElement('canvas')
    canvas.style.cssText = `${NOTHING}; position: absolute; inset: 0; width: 100%; height: 100%`
    strip.append(canvas)
    root.append(strip)
    return draw

    /** @param {Element} scroller @param {MinimapTick[]} ticks */
    function draw(scroller, ticks) {
      const pageWidth = document.documentElement.clientWidth
      const {top, right} = isPage(scroller)
        ? {top: 0, right: pageWidth}
        : scroller.getBoundingClientRect()
      const height = isPage(scroller) ? innerHeight : scroller.clientHeight
      // A page that fits the window needs no map.
      const needed = ticks.length > 0 && scroller.scrollHeight > scroller.clientHeight * 1.5
      strip.style.display = needed ? 'block' : 'none'
      strip.style.top = `${top}px`
      strip.style.right = `${Math.max(0, pageWidth - right)}px`
      strip.style.height = `${height}px`
      canvas.width = WIDTH * devicePixelRatio
      canvas.height = height * devicePixelRatio
      const context = canvas.getContext('2d')
      if (!context) return
      const tall = Math.max(2, Math.min(4, height / ticks.length)) * devicePixelRatio
      const [left, wide] = [2 * devicePixelRatio, canvas.width - 3 * devicePixelRatio]
      for (const {at, colour} of ticks) {
        context.fillStyle = colour
        context.fillRect(left, at * canvas.height, wide, tall)
      }
    }
  }

  /** @param {Element} scroller */
  function isPage(scroller) {
    return scroller === document.scrollingElement
  }
})()
