// Notices what moves, resizes or recolours the text that is painted, and what brings a block near
// the viewport.

var lensmith = lensmith || {}

/**
 * @param {{marks: MarkStore, layers: BoxLayers, steps: MarkSteps,
 *   minimap: ReturnType<typeof lensmith.createMinimap>}} parts
 */
lensmith.watchBlocks = ({marks, layers, minimap, steps}) => {
  const NEAR = '100%' // of the viewport's height, above and below it
  const LOOK_AGAIN_MS = 1000 // for what moves a block without any event
  /** @type {Set<Element>} */ const nearElements = new Set()
  const ending = new AbortController()
  const clock = setInterval(() => layers.look(), LOOK_AGAIN_MS)

  const sizes = new ResizeObserver(() => {
    layers.look()
    minimap.drawSoon()
  })
  sizes.observe(document.documentElement)
  if (document.body) sizes.observe(document.body)

  const nearness = new IntersectionObserver(
    (entries) => {
      for (const {target, isIntersecting} of entries) turnNear(target, isIntersecting)
      layers.look()
    },
    /** @type {IntersectionObserverInit} */ ({
      rootMargin: `${NEAR} 0px`,
      scrollMargin: `${NEAR} 0px`,
    }),
  )
  lensmith.listenForMoves({layers, minimap, steps, layAnew, signal: ending.signal})

  return {
    layAnew,

    /** @param {PaintedBlock} one */
    observe(one) {
      one.box = null // to be laid
      const {element} = one.block
      if (nearElements.has(element)) layers.near.add(one)
      nearness.observe(element) // again does nothing
    },

    clear() {
      nearness.disconnect()
      for (const element of nearElements) sizes.unobserve(element)
      nearElements.clear()
    },

    stop() {
      ending.abort()
      clearInterval(clock)
      nearness.disconnect()
      sizes.disconnect()
    },
  }

  /** @param {Element} element @param {boolean} isNear */
  function turnNear(element, isNear) {
    if (isNear) {
      nearElements.add(element)
      sizes.observe(element)
    } else {
      nearElements.delete(element)
      sizes.unobserve(element)
    }
    for (const one of marks.blocksIn(element)) {
      if (isNear) layers.near.add(one)
      else layers.leave(one)
    }
  }

  function layAnew() {
    layers.layAnew()
    minimap.drawSoon()
  }
}

/**
 * @param {{layers: BoxLayers, steps: MarkSteps, minimap: ReturnType<typeof lensmith.createMinimap>,
 *   layAnew: () => void, signal: AbortSignal}} parts
 */
lensmith.listenForMoves = ({layers, minimap, steps, layAnew, signal}) => {
  const options = {capture: true, passive: true, signal}
  for (const kind of ['resize', 'load', 'toggle', 'transitionend', 'fullscreenchange'])
    addEventListener(kind, () => layers.look(), options)
  // The boxes stand in the document, so when that scrolls they go along by themselves.
  addEventListener(
    'scroll',
    ({target}) => {
      if (target !== document || layers.hasFloating()) layers.look()
    },
    options,
  )
  addEventListener('resize', minimap.drawSoon, options)
  for (const kind of ['wheel', 'touchmove', 'pointerdown', 'keydown'])
    addEventListener(
      kind,
      ({isTrusted}) => {
        if (isTrusted) steps.stray()
      },
      options,
    )
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', layAnew, {
    signal,
  })
}
