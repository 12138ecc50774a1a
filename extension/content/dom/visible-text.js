// The one walk over a page's text, as the eye reads it: for a selection, and for the whole page.
// Ruby without its readings, emoji that are pictures, no marks of notes; nothing that is hidden,
// clipped, off the screen or masked. What styles add (`content`, numbers of lists) is not read:
// browsers do not copy it either.

var lensmith = lensmith || {}

/**
 * In the order in which it is shown. `text`: from one offset of a node to another. `emoji`: an
 * element that shows one. `block`: what follows belongs to this element, until the next. `gap`: no
 * node holds it. `masked`: there is text that must not be read. `rest`: the walk may pause.
 * @typedef {{kind: 'text', node: Text, from: number, to: number, style: CSSStyleDeclaration,
 *   isLink: boolean}} TextItem
 * @typedef {{kind: 'emoji', node: Element, text: string}} EmojiItem
 * @typedef {{kind: 'gap', text: ' ' | '\n' | '/'}} GapItem
 * @typedef {{kind: 'block', element: Element}} BlockItem
 * @typedef {TextItem | EmojiItem | GapItem | BlockItem | {kind: 'masked' | 'rest'}} WalkItem
 *
 * @typedef {object} WalkOptions
 * @property {AbstractRange} [range]  Only what it holds.
 * @property {(element: Element, style: CSSStyleDeclaration) => boolean} [skips]  More elements to
 *   leave out.
 * @property {(style: CSSStyleDeclaration) => boolean} [skipsText]  More texts to leave out.
 * @property {(root: ShadowRoot) => void} [meets]  Open shadow trees on the way.
 *
 * @typedef {Surroundings & {block: Element, isLink: boolean, isIn: boolean}} WalkState
 */

lensmith.visibleText = (() => {
  const {parentOf, elementOf, childrenOf} = lensmith.tree
  const {around, enter, isHidden, isTextSeen, isMasked} = lensmith.visibility
  const {emojiOf, isNoteMark, isDropCap, isIconFont, isReading} = lensmith.specialText
  const SVG = 'http://www.w3.org/2000/svg'
  const MATHML = 'http://www.w3.org/1998/Math/MathML'
  const NEVER = new Set([
    ...['script', 'style', 'template', 'head', 'area', 'datalist', 'wbr'],
    ...['rt', 'rtc', 'rp'], // readings of ruby
    ...['title', 'desc', 'metadata', 'defs', 'annotation', 'annotation-xml'], // of drawings, formulas
  ])
  /** The eye sees something between the words around them. */
  const APART = new Set([
    ...['img', 'iframe', 'frame', 'object', 'embed', 'canvas', 'video', 'audio'],
    ...['input', 'textarea', 'select', 'button', 'meter', 'progress'],
  ])
  const INLINE = /^(inline|contents|ruby)/
  const OUT_OF_FLOW = /absolute|fixed/
  const REST = /** @type {WalkItem} */ ({kind: 'rest'})

  /**
   * @param {Node} root  All in it, if there is no range.
   * @param {WalkOptions} [options]
   * @returns {Generator<WalkItem>}
   */
  function* walk(root, {range, skips, skipsText, meets} = {}) {
    const filter = range ? lensmith.rangeFilter.filterOf(range) : null
    const top = filter?.top ?? root
    const state = stateAt(top)
    if (!state) return
    yield {kind: 'block', element: state.block}
    if (top.nodeType === Node.TEXT_NODE) yield* visitText(/** @type {Text} */ (top), state)
    else yield* visitChildren(top, state)

    /** @param {Node} node @param {WalkState} state @returns {Generator<WalkItem>} */
    function* visitChildren(node, state) {
      const {shadowRoot, localName} = /** @type {Element} */ (node)
      const children = isClosedDetails(node) ? summaryOf(node) : childrenOf(node)
      if (shadowRoot) meets?.(shadowRoot)
      for (let index = 0; index < children.length; index++) {
        const child = /** @type {Node} */ (children[index])
        yield REST
        if (localName === 'mfrac' && index > 0) yield {kind: 'gap', text: '/'}
        const isIn = filter ? filter.enters(child, node, index, state.isIn) : true
        if (isIn && child.nodeType === Node.TEXT_NODE)
          yield* visitText(/** @type {Text} */ (child), state)
        else if (isIn && child.nodeType === Node.ELEMENT_NODE)
          yield* visitElement(/** @type {Element} */ (child), {...state, isIn})
        filter?.leaves(child)
      }
    }

    /** @param {Element} element @param {WalkState} state @returns {Generator<WalkItem>} */
    function* visitElement(element, state) {
      const {localName} = element
      if (NEVER.has(localName)) return
      const style = getComputedStyle(element)
      if (isHidden(style)) return
      const emoji = emojiOf(element)
      if (localName === 'br' || emoji !== null) {
        if (filter?.takes() === false) return
        if (!emoji) yield {kind: 'gap', text: '\n'}
        else if (style.visibility === 'visible') yield {kind: 'emoji', node: element, text: emoji}
      } else if (APART.has(localName) || element.getAttribute('role') === 'button') {
        yield {kind: 'gap', text: ' '}
      } else if (!isLeftOut(element, style) && !skips?.(element, style)) {
        const surroundings = enter(element, style, state)
        const isLink = state.isLink || localName === 'a'
        if (surroundings) yield* visitShown(element, style, {...state, ...surroundings, isLink})
      }
    }

    /**
     * @param {Element} element
     * @param {CSSStyleDeclaration} style
     * @param {WalkState} state
     * @returns {Generator<WalkItem>}
     */
    function* visitShown(element, style, state) {
      if (isPartOfDrawing(element)) {
        yield {kind: 'gap', text: ' '}
        yield* visitChildren(element, state)
        yield {kind: 'gap', text: ' '}
      } else if (isInline(element, style)) {
        yield* visitChildren(element, state)
      } else if (OUT_OF_FLOW.test(style.position)) {
        yield* apartIfSeen(element, visitChildren(element, {...state, block: element}), state.block)
      } else {
        yield {kind: 'block', element}
        yield* visitChildren(element, {...state, block: element})
        yield {kind: 'block', element: state.block}
      }
    }

    /** @param {Text} node @param {WalkState} state @returns {Generator<WalkItem>} */
    function* visitText(node, state) {
      const {from, to} = selectedPart(node, range)
      const parent = parentOf(node)
      if (to <= from || !parent || filter?.takes() === false) return
      const style = getComputedStyle(parent)
      if (skipsText?.(style) || !isTextSeen(node, style, state)) return
      if (isMasked(style)) yield {kind: 'masked'}
      else yield {kind: 'text', node, from, to, style, isLink: state.isLink}
    }
  }

  /** @param {Text} node @param {AbstractRange} [range] */
  function selectedPart(node, range) {
    return {
      from: node === range?.startContainer ? range.startOffset : 0,
      to: node === range?.endContainer ? range.endOffset : node.length,
    }
  }

  /** @param {Node} top @returns {WalkState | null} */
  function stateAt(top) {
    const element = elementOf(top) ?? /** @type {Document} */ (top).documentElement
    if (!element) return null
    return {
      ...surroundingsOf(element),
      block: blockAround(element),
      isLink: false,
      isIn: true,
    }
  }

  /**
   * What is out of the flow divides a sentence only if some of it is visible.
   * @param {Element} element
   * @param {Generator<WalkItem>} items
   * @param {Element} outerBlock
   * @returns {Generator<WalkItem>}
   */
  function* apartIfSeen(element, items, outerBlock) {
    /** @type {WalkItem | null} */ let block = {kind: 'block', element}
    for (const item of items) {
      if (block && item.kind === 'block') block = item
      else if (block && (item.kind === 'text' || item.kind === 'emoji')) {
        yield block
        block = null
      }
      if (!block || item.kind === 'rest' || item.kind === 'masked') yield item
    }
    if (!block) yield {kind: 'block', element: outerBlock}
  }

  /** @param {Element} element @param {CSSStyleDeclaration} style */
  function isLeftOut(element, style) {
    return isReading(style) || isNoteMark(element, style) || isIconFont(style)
  }

  /** @param {Element} element @param {CSSStyleDeclaration} style */
  function isInline(element, style) {
    return (
      element.namespaceURI === MATHML ||
      (element.namespaceURI === SVG && element.localName !== 'svg') ||
      INLINE.test(style.display) ||
      isDropCap(element, style)
    )
  }

  /** Words of a drawing stand apart, its lines too. @param {Element} element */
  function isPartOfDrawing(element) {
    const {namespaceURI, localName} = element
    if (namespaceURI !== SVG) return false
    return localName === 'text' || (localName === 'tspan' && element.matches('[x], [y], [dy]'))
  }

  /** @param {Element} element */
  function blockAround(element) {
    let block = element
    for (let at = /** @type {Element | null} */ (element); at; at = parentOf(at)) {
      block = at
      if (!isInline(at, getComputedStyle(at))) break
    }
    return block
  }

  /** @param {Element} element @returns {Surroundings} */
  function surroundingsOf(element) {
    /** @type {Element[]} */ const chain = []
    for (let at = /** @type {Element | null} */ (element); at; at = parentOf(at)) chain.unshift(at)
    return chain.reduce(
      (outer, each) => enter(each, getComputedStyle(each), outer) ?? outer,
      around(element),
    )
  }

  /** @param {Node} node @returns {node is HTMLDetailsElement} */
  function isClosedDetails(node) {
    const {localName, open} = /** @type {HTMLDetailsElement} */ (node)
    return localName === 'details' && !open
  }

  /** @param {Element} details @returns {Node[]} */
  function summaryOf(details) {
    const summary = Array.from(details.children).find(({localName}) => localName === 'summary')
    return summary ? [summary] : []
  }

  return {walk, isMasked}
})()
