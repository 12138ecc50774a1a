// Lights up the part of the text that the card points at.

var lensmith = lensmith || {}

/** @typedef {{start: number, end: number, colour: string, reveal?: boolean}} LitPart */

/**
 * @param {Window} page
 * @param {HTMLElement} root
 * @param {object} text
 * @param {(start: number, end: number) => Box[]} text.boxesOf  As the page sees them.
 * @param {(start: number) => Element | null} text.elementAt
 */
lensmith.createTextHighlight = (page, root, {boxesOf, elementAt}) => {
  const {document} = page
  const layer = document.createElement('div')
  layer.className = 'light'
  /** @type {LitPart | null} */ let lit = null

  return {
    draw,

    /** @param {LitPart} part */
    show(part) {
      lit = part.end > part.start && /^#[0-9a-f]{6}$/i.test(part.colour) ? part : null
      if (lit?.reveal) reveal(lit)
      draw()
    },
  }

  function draw() {
    layer.replaceChildren(
      ...(lit ? boxesOf(lit.start, lit.end) : []).map(({left, top, width, height}) => {
        const mark = document.createElement('div')
        Object.assign(mark.style, {
          color: lit?.colour,
          left: `${left}px`,
          top: `${top}px`,
          width: `${width}px`,
          height: `${height}px`,
        })
        return mark
      }),
    )
    // It covers the whole page: else a page that asks what is covered (trackVisibility of
    // IntersectionObserver) would learn the place.
    if (lit) root.prepend(layer)
    else layer.remove()
  }

  /** @param {{start: number, end: number}} part */
  function reveal({start, end}) {
    const viewport = lensmith.windows.viewportOf(page)
    const isSeen = () =>
      boxesOf(start, end).some((box) => lensmith.positioning.overlap(box, viewport))
    if (!isSeen()) elementAt(start)?.scrollIntoView({block: 'center'})
    if (isSeen()) return
    const [first] = boxesOf(start, end) // an element taller than the viewport
    if (first) page.scrollBy(0, first.top - viewport.height / 2)
  }
}
