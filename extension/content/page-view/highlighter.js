// Colours sentences on the page, in a closed shadow root of ours. Colours alone: what they mean is
// not known here.
//
// Boxes lie over the text where Range.getClientRects() says that it is, in layers that are as large
// as nothing and take no pointer. (CSS.highlights would be simpler, and readable by the page.) Only
// blocks near the viewport have boxes. Boxes are placed relative to their block, so a block that
// moves costs one transform; it is measured again only when its size or text changes.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.createHighlighter = (() => {
  const {highlightBoxes, scrolling, stacking} = lensmith
  const SLICE_MS = 6 // of a frame, for measuring and for writing
  const NEAR = '100%' // of the viewport's height, above and below it
  const LOOK_AGAIN_MS = 1000 // for what moves a block without any event
  const MINIMAP_PAUSE_MS = 300
  const MOVES = ['resize', 'load', 'toggle', 'transitionend', 'fullscreenchange']
  const BY_USER = ['wheel', 'touchmove', 'pointerdown', 'keydown']

  class Highlighter {
    /** @param {ShadowRoot} root @param {Element} host */
    constructor(root, host) {
      this.marks = lensmith.createMarks()
      /** Blocks with boxes. @type {Set<MarkedBlock>} */ this.near = new Set()
      /** @type {Set<Element>} */ this.nearElements = new Set()
      /** Near, in something fixed or sticky. @type {Set<MarkedBlock>} */ this.floating = new Set()
      /** @type {WeakMap<Element, StackingPlace>} */ this.places = new WeakMap()
      /** @type {Tint[]} */ this.tints = []
      this.strayed = false // whether the user may have left the current mark
      this.frame = 0
      /** @type {ReturnType<typeof setTimeout> | undefined} */ this.minimapTimer = undefined
      this.ending = new AbortController()
      this.stage = lensmith.createStage(root, host, this.ending.signal)
      this.minimap = lensmith.createMinimap(this.stage.ground, highlightBoxes.PLAIN)
      this.look = this.look.bind(this)
      this.nearness = new IntersectionObserver(
        (entries) => this.noteNearness(entries),
        /** @type {IntersectionObserverInit} */ ({
          rootMargin: `${NEAR} 0px`,
          scrollMargin: `${NEAR} 0px`, // not yet in TypeScript's DOM
        }),
      )
      this.sizes = new ResizeObserver(() => {
        this.look()
        this.drawMinimapSoon()
      })
      this.listen()
    }

    listen() {
      this.sizes.observe(document.documentElement)
      if (document.body) this.sizes.observe(document.body)
      const {signal} = this.ending
      const options = {capture: true, passive: true, signal}
      for (const kind of MOVES) addEventListener(kind, this.look, options)
      // The boxes stand in the document, so when that scrolls they go along by themselves.
      const scrolled = (/** @type {Event} */ {target}) => {
        if (target !== document || this.floating.size || !this.stage.scrollsAlong) this.look()
      }
      addEventListener('scroll', scrolled, options)
      addEventListener('resize', () => this.drawMinimapSoon(), options)
      const stray = (/** @type {Event} */ {isTrusted}) => {
        this.strayed ||= isTrusted
      }
      for (const kind of BY_USER) addEventListener(kind, stray, options)
      const scheme = matchMedia('(prefers-color-scheme: dark)')
      scheme.addEventListener('change', () => this.measureAgain(), {signal})
      this.clock = setInterval(this.look, LOOK_AGAIN_MS)
    }

    /** @param {IntersectionObserverEntry[]} entries */
    noteNearness(entries) {
      for (const {target, isIntersecting} of entries) {
        if (isIntersecting) {
          this.nearElements.add(target)
          this.sizes.observe(target)
        } else {
          this.nearElements.delete(target)
          this.sizes.unobserve(target)
        }
        for (const one of this.marks.byElement.get(target) ?? []) {
          if (isIntersecting) this.near.add(one)
          else this.leave(one)
        }
      }
      this.look()
    }

    /** @param {Tint[]} tints */
    setTints(tints) {
      this.tints = tints
      this.measureAgain()
    }

    /** @param {number} from @param {PageBlock[]} blocks */
    addBlocks(from, blocks) {
      this.marks.addBlocks(from, blocks)
    }

    /** @param {Mark[]} given */
    paint(given) {
      for (const mark of given) {
        const of = this.marks.add(mark)
        if (!of) continue
        if (this.nearElements.has(of.block.element)) this.near.add(of)
        this.nearness.observe(of.block.element) // again does nothing
      }
      this.look()
      this.drawMinimapSoon()
    }

    /** @param {number[] | null} groups */
    filter(groups) {
      this.marks.shownGroups = groups && new Set(groups)
      this.measureAgain()
    }

    /** @param {1 | -1} direction */
    walk(direction) {
      const stop = this.marks.next(direction, this.strayed)
      return stop && this.goTo(stop)
    }

    /** @param {number} number */
    go(number) {
      const stop = this.marks.stops.get(number)
      return stop && this.marks.isIntact(stop.of) ? this.goTo(stop) : null
    }

    /** @param {Stop} stop */
    goTo({mark, of}) {
      const {current, stops} = this.marks
      const before = current === null ? undefined : stops.get(current)
      this.marks.current = mark.mark
      this.strayed = false
      if (before) before.of.box = null
      of.box = null
      scrolling.scrollTo(of.block.element, highlightBoxes.boundsOf(of.block, mark))
      this.look()
      return mark.mark
    }

    clear() {
      for (const one of this.marks.blocks.values()) this.leave(one)
      this.nearness.disconnect()
      for (const element of this.nearElements) this.sizes.unobserve(element)
      this.nearElements.clear()
      this.marks.clear()
      this.drawMinimapSoon()
    }

    remove() {
      this.ending.abort()
      clearInterval(this.clock)
      clearTimeout(this.minimapTimer)
      cancelAnimationFrame(this.frame)
      this.nearness.disconnect()
      this.sizes.disconnect()
    }

    look() {
      this.frame ||= requestAnimationFrame(() => this.lay())
    }

    measureAgain() {
      for (const one of this.near) one.box = null
      this.places = new WeakMap()
      this.look()
      this.drawMinimapSoon()
    }

    /**
     * Bring the boxes of the blocks nearby up to date; what takes too long is left to the next
     * frame.
     */
    lay() {
      this.frame = 0
      const ends = performance.now() + SLICE_MS
      const origin = this.stage.origin()
      /** @type {Map<Element, DOMRect>} */ const clipBoxes = new Map()
      // after all reads: each write would make the next read lay out the page
      /** @type {(() => void)[]} */ const writes = []
      for (const one of this.near) {
        if (!one.marks.length) continue
        if (!this.marks.isIntact(one)) {
          // the page changed it: what was said of it is no longer true
          writes.push(() => this.leave(one))
          continue
        }
        const {element} = one.block
        const box = element.getBoundingClientRect()
        if (!one.box || box.width !== one.box.width || box.height !== one.box.height) {
          if (performance.now() > ends) {
            this.look()
            continue
          }
          this.measure(one, box, writes)
        }
        const clip = stacking.cut(box, one.clips ?? [], clipBoxes)
        const [x, y] = [stacking.round(box.x - origin.x), stacking.round(box.y - origin.y)]
        writes.push(() => this.move(one, `translate(${x}px, ${y}px)`, clip))
      }
      for (const write of writes) write()
    }

    /** @param {MarkedBlock} one @param {DOMRect} box @param {(() => void)[]} writes */
    measure(one, box, writes) {
      const {block} = one
      const shown = one.marks.filter((mark) => this.marks.isShown(mark))
      const {current} = this.marks
      const boxes = highlightBoxes.stylesOf(block, shown, box, this.tints, current)
      const place = stacking.placeOf(block.element, this.places)
      one.box = {width: box.width, height: box.height}
      one.clips ??= stacking.clipping(block.element)
      writes.push(() => {
        one.holder?.remove()
        one.moved = ''
        one.holder = this.stage.holderOf(boxes)
        this.stage.layer(place.level).append(one.holder)
        if (place.floats) this.floating.add(one)
      })
    }

    /** @param {MarkedBlock} one @param {string} place @param {string} clip */
    move(one, place, clip) {
      if (!one.holder || one.moved === place + clip) return
      one.moved = place + clip
      one.holder.style.transform = place
      one.holder.style.clipPath = clip
    }

    /** @param {MarkedBlock} one */
    leave(one) {
      this.near.delete(one)
      this.floating.delete(one)
      one.holder?.remove()
      one.holder = null
      one.box = null
      one.moved = ''
    }

    drawMinimapSoon() {
      this.minimapTimer ??= setTimeout(() => {
        this.minimapTimer = undefined
        void this.drawMinimap()
      }, MINIMAP_PAUSE_MS)
    }

    async drawMinimap() {
      const {stops} = this.marks
      const first = [...stops.values()].find(({of}) => this.marks.isIntact(of))?.of.block.element
      const scroller =
        (first && scrolling.scrollersOf(first)[0]) ??
        document.scrollingElement ??
        document.documentElement
      const ground = first && stacking.onDark(first) ? 'dark' : 'light'
      /** @type {{at: number, colour: string}[]} */ const ticks = []
      let ends = performance.now() + SLICE_MS
      for (const one of this.marks.blocks.values()) {
        if (!one.marks.length || !this.marks.isIntact(one)) continue
        ticks.push(...this.ticksOf(one, scroller, ground))
        if (performance.now() < ends) continue
        await new Promise((resolve) => setTimeout(resolve))
        ends = performance.now() + SLICE_MS
      }
      this.minimap.draw(scroller, ticks)
    }

    /** @param {MarkedBlock} one @param {Element} scroller @param {'light' | 'dark'} ground */
    ticksOf({block, marks}, scroller, ground) {
      const {top, height} = block.element.getBoundingClientRect()
      const whole = scroller === document.scrollingElement
      const start = top - (whole ? 0 : scroller.getBoundingClientRect().top) + scroller.scrollTop
      return marks
        .filter((mark) => this.marks.isShown(mark))
        .map((mark) => ({
          at: (start + height * (mark.start / block.text.length)) / scroller.scrollHeight,
          colour: this.tints[mark.group]?.[ground],
        }))
    }
  }

  /** @type {Lensmith['createHighlighter']} */
  return (root, host) => new Highlighter(root, host)
})()
