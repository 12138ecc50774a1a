// Runs inside the web page: paints sentences, in a closed shadow root of ours. Colours alone: what
// they mean is not known here.
//
// Boxes lie over the text where Range.getClientRects() says that it is, in layers that are as large
// as nothing and take no pointer. (CSS.highlights would be simpler, and readable by the page.) Only
// blocks near the viewport have boxes. Boxes are placed relative to their block, so a block that
// moves costs one transform; it is measured anew only when its size or text changes. A classic
// script: see text-extraction.js.

;(() => {
  const SLICE_MS = 6 // of a frame, for measuring and for writing
  const NEAR = '100%' // of the viewport's height, above and below it
  const LOOK_AGAIN_MS = 1000 // for what moves a block without any event
  const MINIMAP_WIDTH = 10
  const MINIMAP_PAUSE_MS = 300
  const UNDERLINE = 2
  // The page's styles do not come in, no pointer is taken, and forced colours leave ours. Each
  // element says it: `all` undoes what it would inherit.
  const NOTHING = 'all: initial; pointer-events: none; forced-color-adjust: none'
  const COMFORT = 0.12 // of the viewport: a sentence this far from its edges is left where it is
  const READING_LINE = 0.3 // of the viewport: where a sentence is put that the reader is taken to

  /**
   * @typedef {import('../../shared/page-view.js').PageBlock} PageBlock
   * @typedef {import('../../shared/page-view.js').Mark} Mark
   * @typedef {import('../../shared/page-view.js').Tint} Tint
   * @typedef {{x: number, y: number, width: number, height: number}} Box
   * @typedef {{level: string, stacked: boolean, floats: boolean}} Place
   * @typedef {object} Painted  A block with its marks. `box`: where the element was when `holder`
   *   was filled; `clips`: what may cut it.
   * @property {PageBlock} block
   * @property {Mark[]} marks
   * @property {HTMLElement | null} holder
   * @property {Box | null} box
   * @property {Element[] | null} clips
   * @property {string} moved  The transform and clip that the holder has.
   */

  const world =
    /** @type {{lensmithPage?: Partial<import('../../shared/page-view.js').PageScripts>}} */ (
      globalThis
    )
  world.lensmithPage = {...world.lensmithPage, createPainter}

  /** @param {ShadowRoot} root @returns {import('../../shared/page-view.js').Painter} */
  function createPainter(root) {
    /** @type {Map<number, Painted>} */ const painted = new Map()
    /** @type {Map<Element, Painted[]>} */ const byElement = new Map()
    /** @type {Map<number, {mark: Mark, of: Painted}>} */ const marks = new Map()
    /** @type {Set<Painted>} */ const near = new Set()
    /** @type {Set<Element>} */ const nearElements = new Set()
    /** @type {Map<string, HTMLElement>} */ const layers = new Map()
    /** @type {Set<Painted>} */ const floating = new Set() // near, in something fixed or sticky
    /** @type {WeakMap<Element, Place>} */ let places = new WeakMap()
    /** @type {Tint[]} */ let tints = []
    /** @type {Set<number> | null} */ let shown = null
    /** @type {number | null} */ let current = null
    let strayed = false // whether the reader may have left it since
    let frame = 0
    /** @type {ReturnType<typeof setTimeout> | undefined} */ let minimapTimer

    const ending = new AbortController()
    const anchor = layer('0')
    root.append(pane())
    const minimap = createMinimap()

    const nearness = new IntersectionObserver(
      (entries) => {
        for (const {target, isIntersecting} of entries) {
          if (isIntersecting) {
            nearElements.add(target)
            sizes.observe(target)
          } else {
            nearElements.delete(target)
            sizes.unobserve(target)
          }
          for (const one of byElement.get(target) ?? []) {
            if (isIntersecting) near.add(one)
            else leave(one)
          }
        }
        look()
      },
      /** @type {IntersectionObserverInit} */ ({
        rootMargin: `${NEAR} 0px`,
        scrollMargin: `${NEAR} 0px`,
      }),
    )
    const sizes = new ResizeObserver(() => {
      look()
      drawMinimapSoon()
    })
    sizes.observe(document.documentElement)
    if (document.body) sizes.observe(document.body)

    const options = {capture: true, passive: true, signal: ending.signal}
    for (const kind of ['resize', 'load', 'toggle', 'transitionend', 'fullscreenchange'])
      addEventListener(kind, look, options)
    // The boxes stand in the document, so when that scrolls they go along by themselves.
    addEventListener(
      'scroll',
      ({target}) => {
        if (target !== document || floating.size) look()
      },
      options,
    )
    addEventListener('resize', drawMinimapSoon, options)
    for (const kind of ['wheel', 'touchmove', 'pointerdown', 'keydown'])
      addEventListener(
        kind,
        ({isTrusted}) => {
          strayed ||= isTrusted
        },
        options,
      )
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', layAnew, {
      signal: ending.signal,
    })
    const clock = setInterval(look, LOOK_AGAIN_MS)

    return {
      setTints(given) {
        tints = given
        layAnew()
      },

      addBlocks(from, blocks) {
        blocks.forEach((block, index) => {
          const one = {block, marks: [], holder: null, box: null, clips: null, moved: ''}
          painted.set(from + index, one)
          byElement.set(block.element, [...(byElement.get(block.element) ?? []), one])
        })
      },

      paint(given) {
        for (const mark of given) {
          const of = painted.get(mark.block)
          if (!of) continue
          marks.set(mark.mark, {mark, of})
          of.marks.push(mark)
          of.box = null // to be laid
          if (nearElements.has(of.block.element)) near.add(of)
          nearness.observe(of.block.element) // again does nothing
        }
        look()
        drawMinimapSoon()
      },

      filter(groups) {
        shown = groups && new Set(groups)
        layAnew()
      },

      walk(direction) {
        const stops = inOrder().filter(({mark}) => isShown(mark))
        if (!stops.length) return null
        const at = stops.findIndex(({mark}) => mark.mark === current)
        let next = at + direction
        // Out of view because it is being scrolled to still, or because the reader has scrolled on
        // since: then go on from there.
        if (at < 0 || (strayed && !inView(stops[at]))) {
          next =
            direction > 0
              ? stops.findIndex((stop) => edgesOf(stop.of).bottom > 0 && boundsOf(stop).top >= 0)
              : stops.findLastIndex(
                  (stop) =>
                    edgesOf(stop.of).top < innerHeight && boundsOf(stop).bottom <= innerHeight,
                )
        }
        // Around the end of the page back to its beginning.
        const around = direction > 0 ? stops[0] : /** @type {typeof stops[0]} */ (stops.at(-1))
        return goTo((next >= 0 && stops[next]) || around)
      },

      go(number) {
        const stop = marks.get(number)
        return stop && isIntact(stop.of.block) ? goTo(stop) : null
      },

      clear() {
        for (const one of painted.values()) leave(one)
        nearness.disconnect()
        for (const element of nearElements) sizes.unobserve(element)
        for (const known of [painted, byElement, marks, nearElements]) known.clear()
        shown = null
        current = null
        drawMinimapSoon()
      },

      remove() {
        ending.abort()
        clearInterval(clock)
        clearTimeout(minimapTimer)
        cancelAnimationFrame(frame)
        nearness.disconnect()
        sizes.disconnect()
      },
    }

    function look() {
      frame ||= requestAnimationFrame(lay)
    }

    function layAnew() {
      for (const one of near) one.box = null
      places = new WeakMap()
      look()
      drawMinimapSoon()
    }

    /**
     * Bring the boxes of the blocks nearby up to date; what takes too long is left to the next
     * frame.
     */
    function lay() {
      frame = 0
      const ends = performance.now() + SLICE_MS
      const origin = anchor.getBoundingClientRect()
      /** @type {Map<Element, DOMRect>} */ const clipBoxes = new Map()
      // after all reads: each write would make the next read lay out the page
      /** @type {(() => void)[]} */ const writes = []
      for (const one of near) {
        if (!one.marks.length) continue
        if (!isIntact(one.block)) {
          // the page changed it: what was said of it is no longer true
          writes.push(() => leave(one))
          continue
        }
        const box = one.block.element.getBoundingClientRect()
        if (!one.box || box.width !== one.box.width || box.height !== one.box.height) {
          if (performance.now() > ends) {
            look()
            continue
          }
          const boxes = measure(one, box)
          writes.push(() => fill(one, boxes))
          one.box = {x: box.x, y: box.y, width: box.width, height: box.height}
          one.clips ??= clipping(one.block.element)
        }
        const clip = cut(box, one.clips ?? [], clipBoxes)
        const place = `translate(${round(box.x - origin.x)}px, ${round(box.y - origin.y)}px)`
        writes.push(() => move(one, place, clip))
      }
      for (const write of writes) write()
    }

    /**
     * The boxes of a block's marks, relative to its element.
     * @param {Painted} one
     * @param {DOMRect} origin
     */
    function measure({block, marks: own}, origin) {
      const dark = onDark(block.element)
      const place = placeOf(block.element, places)
      const vertical = !getComputedStyle(block.element).writingMode.startsWith('horizontal')
      /** @type {string[]} */ const boxes = []
      for (const mark of own) {
        if (!isShown(mark)) continue
        const colour = tints[mark.group]?.[dark ? 'dark' : 'light']
        for (const {x, y, width, height} of rectsOf(block, mark)) {
          const box = {
            x: round(x - origin.x),
            y: round(y - origin.y),
            width: round(width),
            height: round(height),
          }
          boxes.push(styleOf(box, colour, mark.mark === current, dark, vertical))
        }
      }
      return {boxes, place}
    }

    /** @param {Painted} one @param {{boxes: string[], place: Place}} laid */
    function fill(one, {boxes, place}) {
      one.holder?.remove()
      one.moved = ''
      one.holder = plain()
      one.holder.style.cssText = `${NOTHING}; position: absolute; left: 0; top: 0; width: 0; height: 0`
      one.holder.append(
        ...boxes.map((style) => {
          const box = plain()
          box.style.cssText = style
          return box
        }),
      )
      layer(place.level).append(one.holder)
      if (place.floats) floating.add(one)
    }

    /** @param {Painted} one @param {string} place @param {string} clip */
    function move(one, place, clip) {
      if (!one.holder || one.moved === place + clip) return
      one.moved = place + clip
      one.holder.style.transform = place
      one.holder.style.clipPath = clip
    }

    /** @param {Painted} one */
    function leave(one) {
      near.delete(one)
      floating.delete(one)
      one.holder?.remove()
      one.holder = null
      one.box = null
      one.moved = ''
    }

    /** The layer for text of one level. @param {string} level */
    function layer(level) {
      let found = layers.get(level)
      if (!found) {
        found = plain()
        // Just above the text, not above everything: what the page puts over its text (a fixed
        // header, a dialog) covers the boxes too.
        found.style.cssText = `${NOTHING}; position: absolute; left: 0; top: 0; width: 0; height: 0; z-index: ${level}; contain: layout style`
        layers.set(level, found)
        root.append(found)
      }
      return found
    }

    /** @param {Mark} mark */
    function isShown({group}) {
      return !shown || shown.has(group)
    }

    /**
     * All marks, as they follow each other in the page: what was added to it late need not stand
     * last.
     */
    function inOrder() {
      const blocks = [...painted.values()].filter(
        ({block, marks: own}) => own.length && isIntact(block),
      )
      blocks.sort(
        (
          {
            block: {
              pieces: [a],
            },
          },
          {
            block: {
              pieces: [b],
            },
          },
        ) => (a.node.compareDocumentPosition(b.node) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1),
      )
      return blocks.flatMap((of) => of.marks.map((mark) => ({mark, of})))
    }

    /** @param {Painted} one */
    function edgesOf({block}) {
      return block.element.getBoundingClientRect()
    }

    /** @param {{mark: Mark, of: Painted}} stop */
    function boundsOf({mark, of}) {
      const rects = rectsOf(of.block, mark)
      return {
        top: Math.min(...rects.map(({y}) => y)),
        bottom: Math.max(...rects.map(({y, height}) => y + height)),
      }
    }

    /** @param {{mark: Mark, of: Painted}} stop */
    function inView(stop) {
      const {top, bottom} = boundsOf(stop)
      return bottom > 0 && top < innerHeight
    }

    /**
     * Take the reader to a mark, through every scroller around it.
     * @param {{mark: Mark, of: Painted}} stop
     */
    function goTo(stop) {
      const {mark, of} = stop
      const before = current === null ? undefined : marks.get(current)
      current = mark.mark
      strayed = false
      if (before) before.of.box = null
      of.box = null
      // where nobody sees it, Firefox glides nowhere
      const still = matchMedia('(prefers-reduced-motion: reduce)').matches || document.hidden
      const behavior = still ? 'instant' : 'smooth'
      let goal = boundsOf(stop)
      for (const scroller of scrollersOf(of.block.element)) {
        const whole = scroller === document.scrollingElement
        const edges = scroller.getBoundingClientRect()
        const [start, height] = whole ? [0, innerHeight] : [edges.top, scroller.clientHeight]
        const readable =
          goal.top >= start + height * COMFORT && goal.bottom <= start + height * (1 - COMFORT)
        const top = scroller.scrollTop + goal.top - start - height * READING_LINE
        if (!readable) scroller.scrollTo({top, behavior: /** @type {ScrollBehavior} */ (behavior)})
        goal = edges // the scroller itself has to be in view in the next one
      }
      look()
      return current
    }

    function drawMinimapSoon() {
      minimapTimer ??= setTimeout(() => {
        minimapTimer = undefined
        void drawMinimap()
      }, MINIMAP_PAUSE_MS)
    }

    async function drawMinimap() {
      const first = [...marks.values()].find(({of}) => isIntact(of.block))
      const scroller =
        (first && scrollersOf(first.of.block.element)[0]) ??
        document.scrollingElement ??
        document.documentElement
      const ground = first && onDark(first.of.block.element) ? 'dark' : 'light'
      /** @type {{at: number, colour: string}[]} */ const ticks = []
      let ends = performance.now() + SLICE_MS
      for (const {block, marks: own} of painted.values()) {
        if (!own.length || !isIntact(block)) continue
        const {top, height} = block.element.getBoundingClientRect()
        const offset =
          scroller === document.scrollingElement ? 0 : scroller.getBoundingClientRect().top
        for (const mark of own) {
          if (!isShown(mark)) continue
          const y = top - offset + scroller.scrollTop + height * (mark.start / block.text.length)
          ticks.push({at: y / scroller.scrollHeight, colour: tints[mark.group]?.[ground]})
        }
        if (performance.now() < ends) continue
        await new Promise((resolve) => setTimeout(resolve))
        ends = performance.now() + SLICE_MS
      }
      minimap.draw(scroller, ticks)
    }

    /** A strip beside the scrollbar that shows where on the page the colours are. */
    function createMinimap() {
      const strip = plain()
      strip.style.cssText = `${NOTHING}; position: fixed; right: 0; width: ${MINIMAP_WIDTH}px; z-index: 2147483646; background: #8882;
        display: none`
      const canvas = document.createElement('canvas')
      canvas.style.cssText = `${NOTHING}; position: absolute; inset: 0; width: 100%; height: 100%`
      strip.append(canvas)
      root.append(strip)

      return {
        /** @param {Element} scroller @param {{at: number, colour: string}[]} ticks */
        draw(scroller, ticks) {
          const whole = scroller === document.scrollingElement
          const {top, right} = whole
            ? {top: 0, right: document.documentElement.clientWidth}
            : scroller.getBoundingClientRect()
          const height = whole ? innerHeight : scroller.clientHeight
          // A page that fits the window needs no map.
          strip.style.display =
            ticks.length && scroller.scrollHeight > scroller.clientHeight * 1.5 ? 'block' : 'none'
          strip.style.top = `${top}px`
          strip.style.right = `${Math.max(0, document.documentElement.clientWidth - right)}px`
          strip.style.height = `${height}px`
          canvas.width = MINIMAP_WIDTH * devicePixelRatio
          canvas.height = height * devicePixelRatio
          const context = canvas.getContext('2d')
          if (!context) return
          const tall = Math.max(2, Math.min(4, height / ticks.length)) * devicePixelRatio
          for (const {at, colour} of ticks) {
            context.fillStyle = colour
            context.fillRect(
              2 * devicePixelRatio,
              at * canvas.height,
              canvas.width - 3 * devicePixelRatio,
              tall,
            )
          }
        },
      }
    }
  }

  /** Whether a block still holds the text that was read. @param {PageBlock} block */
  function isIntact({pieces}) {
    return pieces.every(({node, data}) => node.isConnected && node.data === data)
  }

  /**
   * One rectangle a line.
   * @param {PageBlock} block
   * @param {{start: number, end: number}} mark
   * @returns {Box[]}
   */
  function rectsOf({pieces}, {start, end}) {
    /** @type {Box[]} */ const lines = []
    const range = document.createRange()
    for (const {node, data, at} of pieces) {
      const [from, to] = [Math.max(start - at, 0), Math.min(end - at, data.length)]
      if (from >= to) continue
      // A range over elements would answer with their boxes as well; this one lies within a text.
      range.setStart(node, from)
      range.setEnd(node, to)
      for (const {x, y, width, height} of range.getClientRects()) {
        if (width < 1 || height < 1) continue
        const last = lines.at(-1)
        if (
          last &&
          Math.abs(last.y - y) < 1 &&
          Math.abs(last.height - height) < 1 &&
          Math.abs(last.x + last.width - x) < 1
        )
          last.width += width
        else lines.push({x, y, width, height})
      }
    }
    return lines
  }

  /**
   * @param {Box} box
   * @param {string} colour
   * @param {boolean} strong
   * @param {boolean} dark
   * @param {boolean} vertical
   */
  function styleOf({x, y, width, height}, colour, strong, dark, vertical) {
    const share = (strong ? 30 : 13) + (dark ? 5 : 0)
    const line = vertical ? 'border-right' : 'border-bottom'
    return `${NOTHING}; position: absolute; box-sizing: border-box; left: ${x}px; top: ${y}px; width: ${width}px; height: ${height}px;
      background: color-mix(in srgb, ${colour} ${share}%, transparent); ${line}: ${UNDERLINE}px solid ${colour}; border-radius: 2px;
      ${strong ? `outline: 2px solid ${colour}; outline-offset: 1px` : ''}`
  }

  /**
   * Whether a text is light, so its ground dark: unlike the ground, which may be an image, its
   * colour is known.
   * @param {Element} element
   */
  function onDark(element) {
    const {color} = getComputedStyle(element)
    const numbers = color.match(/-?[\d.]+(e-?\d+)?%?/g) ?? []
    const [first = 0, second = 0, third = 0] = numbers.map(
      (part) => parseFloat(part) / (part.endsWith('%') ? 100 : 1),
    )
    if (color.startsWith('rgb'))
      return (0.2126 * first + 0.7152 * second + 0.0722 * third) / 255 > 0.5
    if (color.startsWith('lab') || color.startsWith('lch')) return first > 50
    if (color.startsWith('ok')) return first > 0.6
    const [red, green, blue] = [first, second, third] // color(srgb 0.1 0.2 0.3) and its kin
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.5
  }

  /**
   * Where an element's text stands among what overlaps: at the z-index of the outermost stacking
   * context around it.
   * @param {Element} element @param {WeakMap<Element, Place>} known @returns {Place}
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
    let [top, right, bottom, left] = [-Infinity, Infinity, Infinity, -Infinity]
    for (const clip of clips) {
      const edge = known.get(clip) ?? clip.getBoundingClientRect()
      known.set(clip, edge)
      ;[top, right, bottom, left] = [
        Math.max(top, edge.top),
        Math.min(right, edge.right),
        Math.min(bottom, edge.bottom),
        Math.max(left, edge.left),
      ]
    }
    if (top <= box.top && right >= box.right && bottom >= box.bottom && left <= box.left)
      return 'none'
    // The holder is empty, so that insets count from its corner.
    const edges = [top - box.top, box.left - right, box.top - bottom, left - box.left]
    return `inset(${edges.map((edge) => (Number.isFinite(edge) ? `${round(edge)}px` : '-99999px')).join(' ')})`
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

  /** @param {Element} element @returns {Element | null} */
  function parentOf(element) {
    if (element.assignedSlot) return element.assignedSlot
    if (element.parentElement) return element.parentElement
    const root = element.getRootNode()
    return root instanceof ShadowRoot ? root.host : null
  }

  /**
   * Covers all of the page: else one that asks what is covered (trackVisibility of
   * IntersectionObserver) would learn where boxes lie.
   */
  function pane() {
    const made = plain()
    made.style.cssText = `${NOTHING}; position: fixed; inset: 0; z-index: 2147483646`
    return made
  }

  function plain() {
    return document.createElement('div')
  }

  /** @param {number} length  In CSS pixels. */
  function round(length) {
    return Math.round(length * 100) / 100
  }
})()
