// The one walk over a document that the card and the view of a page share: what the eye reads, in
// the order in which it is shown.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.visibleText = (() => {
  const {dom, flow, omissions, visibility} = lensmith
  const TAIL = 4 // characters before an element, by which a footnote's mark is known
  const BLANK = /^[ \t\n\r\f]*$/

  /** @type {TextToken} */ const STEP = {kind: 'step'}
  /** @type {TextToken} */ const GAP = {kind: 'gap'}
  /** @type {TextToken} */ const LINE = {kind: 'line'}
  /** @type {TextToken} */ const NOTE = {kind: 'note'}
  /** @type {TextToken} */ const MASKED = {kind: 'masked'}

  class Walk {
    /** @param {Element} top @param {WalkOptions} options */
    constructor(top, {skips = () => false, select, copied = false, roots = []}) {
      this.skips = skips
      this.select = select
      this.copied = copied
      this.roots = roots
      /** Out of the flow, so read after the block that they stand in. @type {Level[]} */
      this.later = []
      this.before = ''
      this.begun = false // whether the block has text
      this.capped = false // whether all its text is a drop cap
      const sight = visibility.sightIn(top)
      /** The elements that are being walked, the innermost last. @type {Level[]} */
      this.levels = []
      if (sight) {
        const style = dom.styleOf(top)
        const whole = {element: top, style, sight, block: top, link: false, graphic: false}
        this.levels.push(this.levelOf({...whole, inlined: false}, 'block', top))
      }
    }

    *tokens() {
      for (let level = this.levels.at(-1); level; level = this.levels.at(-1)) {
        if (level.flow === 'block' && !level.opened) {
          level.opened = true
          yield this.turnTo(level.block)
        }
        const child = level.children[level.index++]
        yield STEP
        if (!child) yield* this.leave(level)
        else if (visibility.isInClosedDetails(child, level.element)) continue
        else if (dom.isText(child)) yield* this.text(child, level)
        else if (dom.isElement(child) && !this.skips(child)) yield* this.element(child, level)
      }
    }

    /** @param {Text} node @param {Level} level */
    *text(node, {style, sight, link, graphic}) {
      const part = this.select ? this.select(node) : {from: 0, to: node.length}
      if (!part || part.from >= part.to) return
      if (style.visibility && style.visibility !== 'visible') return
      const {from, to} = part
      if (!BLANK.test(node.data.slice(from, to))) {
        if (sight.masked) yield MASKED
        if (sight.masked || !visibility.textIsSeen(node, from, to, sight)) return
        this.begun = true
        this.capped = false
        this.before = (this.before + node.data.slice(Math.max(from, to - TAIL), to)).slice(-TAIL)
      }
      yield /** @type {TextToken} */ ({kind: 'text', node, from, to, style, link, graphic})
    }

    /** @param {Element} element @param {Level} level */
    *element(element, level) {
      const style = dom.styleOf(element)
      const sight = visibility.enter(element, style, level.sight)
      if (!sight) return
      if (!sight.selectable) {
        // A label in a text that can be selected is no part of it. Where all is protected from
        // being copied, the view of a page reads it.
        if (this.copied || (level.sight.selectable && visibility.isInline(style))) return
      }
      if (element.localName === 'br') {
        if (!this.select || this.select(element)) yield LINE
        return
      }
      const treatment = omissions.treatmentOf(element, style, {
        before: this.before,
        link: level.link,
      })
      if (treatment) yield* this.treat(element, treatment, style, sight, level)
      else yield* this.open(element, style, sight, level)
    }

    /**
     * @param {Element} element @param {Treatment} treatment @param {CSSStyleDeclaration} style
     * @param {Sight} sight @param {Level} level
     */
    *treat(element, treatment, style, sight, level) {
      if (treatment.kind === 'note') yield NOTE
      else if (treatment.kind === 'alt') {
        const seen = style.visibility === 'visible' && visibility.boxIsSeen(element, sight)
        if (!seen || sight.masked || (this.select && !this.select(element))) return
        this.begun = true
        yield /** @type {TextToken} */ ({kind: 'alt', element, text: treatment.text})
      } else if (treatment.kind === 'gap') {
        const inFlow = style.position !== 'absolute' && style.position !== 'fixed'
        if (/^inline/.test(style.display) || !inFlow || style.float !== 'none') yield GAP
        else yield this.turnTo(level.block)
      }
    }

    /**
     * @param {Element} element @param {CSSStyleDeclaration} style @param {Sight} sight
     * @param {Level} outer
     */
    *open(element, style, sight, outer) {
      if (element.shadowRoot) this.roots.push(element.shadowRoot)
      const {begun, capped} = this
      const how = flow.of(element, style, {begun, capped, parent: outer})
      const inner = this.levelOf({...outer, element, style, sight}, how, outer.block)
      if (how === 'later') {
        this.later.push(inner)
        return
      }
      if (how === 'separate') yield GAP
      this.levels.push(inner)
      if (how === 'block') this.goOnWithLater()
    }

    /** @param {Level} level */
    *leave(level) {
      this.levels.pop()
      if (level.flow === 'cap') this.capped = true
      else if (level.flow === 'separate') yield GAP
      else if (level.flow === 'block') {
        yield this.turnTo(level.outer)
        this.goOnWithLater()
      }
    }

    /** What waited is read now, before all that waits already. */
    goOnWithLater() {
      this.levels.push(...this.later.reverse())
      this.later = []
    }

    /** @param {Element} element @returns {TextToken} */
    turnTo(element) {
      this.begun = this.capped = false
      this.before = ''
      return {kind: 'block', element}
    }

    /**
     * @param {Omit<Level, 'children' | 'index' | 'opened' | 'outer' | 'flow'>} parts
     * @param {Flow} how @param {Element} outer  The block around it. @returns {Level}
     */
    levelOf(parts, how, outer) {
      const {element, style} = parts
      const isBlock = how === 'block' || how === 'later'
      return {
        ...parts,
        children: dom.childrenOf(element),
        index: 0,
        opened: false,
        flow: isBlock ? 'block' : how,
        outer,
        block: isBlock ? element : outer,
        link: parts.link || element.localName === 'a',
        graphic: parts.graphic || element.localName === 'svg',
        inlined: parts.inlined || flow.isInSentence(element, style),
      }
    }
  }

  /** @type {Lensmith['visibleText']['walk']} */
  function walk(top, options = {}) {
    return new Walk(top, options).tokens()
  }

  /** Text, emoji and breaks of a walk put together. @type {Lensmith['visibleText']['compose']} */
  function compose(token, composer) {
    if (token.kind === 'text') composer.addText(token.node, token.from, token.to, token.style)
    else if (token.kind === 'alt') composer.addAlt(token.element, token.text)
    else if (token.kind === 'gap') composer.addGap()
    else if (token.kind === 'line') composer.addLine()
    else if (token.kind === 'note') composer.addNote()
  }

  return {walk, compose}
})()
