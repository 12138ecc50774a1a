// Shows on the page which sentence the card is at.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.createHighlight = (() => {
  const {positioning, windows} = lensmith
  const EDGES = /** @type {const} */ (['left', 'top', 'width', 'height'])

  /** @type {Lensmith['createHighlight']} */
  return (root, selected, around) => {
    const page = around[around.length - 1]
    const {document} = page
    const layer = document.createElement('div')
    layer.className = 'highlight'
    /** @type {{start: number, end: number, colour: string} | null} */ let shown = null

    /** @param {number} start @param {number} end */
    const boxesOf = (start, end) => windows.boxesInLast(around, selected.boxesOf(start, end))

    function draw() {
      const boxes = shown ? boxesOf(shown.start, shown.end) : []
      layer.replaceChildren(
        ...boxes.map((box) => {
          const mark = document.createElement('div')
          mark.style.color = shown?.colour ?? ''
          for (const edge of EDGES) mark.style[edge] = `${box[edge]}px`
          return mark
        }),
      )
      // It covers the whole page: else a page that asks what is covered (trackVisibility of
      // IntersectionObserver) would learn the place.
      if (shown) root.prepend(layer)
      else layer.remove()
    }

    /** @param {number} start @param {number} end */
    function reveal(start, end) {
      const viewport = windows.viewportOf(page)
      const isSeen = () => boxesOf(start, end).some((box) => positioning.overlap(box, viewport))
      if (!isSeen()) selected.elementAt(start)?.scrollIntoView({block: 'center'})
      if (isSeen()) return
      const [first] = boxesOf(start, end) // an element taller than the viewport
      if (first) page.scrollBy(0, first.top - viewport.height / 2)
    }

    return {
      draw,
      show(part) {
        const {start, end, colour} = part
        shown = end > start && /^#[0-9a-f]{6}$/i.test(colour) ? {start, end, colour} : null
        if (shown && part.reveal) reveal(start, end)
        draw()
      },
    }
  }
})()
