// Runs inside the web page: finds the text that a person reads there, as blocks whose every
// character has its place in the document.
//
// Not @mozilla/readability, for three reasons. It works on a copy, which it takes apart, so that
// what it finds must be traced back to the page. It runs in one go, which on a long page is a task
// of several hundred milliseconds. And it wants one article: discussions, reviews and feeds are
// where emotions are. So this takes the smallest part of the page that holds most of its prose, and
// all of it.

var lensmith = lensmith || {}

lensmith.extraction = (() => {
  const SLICE_MS = 8 // leaves the page half of every frame
  const STEPS_BETWEEN_LOOKS = 20 // at the clock
  // characters, after which a line break ends a block: what is painted in one go stays small
  const LONGEST = 2000
  const FEW_WORDS_OF_DRAWING = 3 // `text` elements: more are a chart
  const SKIPPED = new Set(['nav', 'menu'])
  const SKIPPED_ROLES = new Set([
    ...['navigation', 'banner', 'contentinfo', 'search', 'menu', 'menubar', 'toolbar', 'tablist'],
    ...['tooltip', 'dialog', 'alertdialog'],
  ])
  const PARTS_OF_PAGE = new Set(['header', 'footer', 'aside'])
  const SECTIONS = 'article, main, section, blockquote, [role=main], [role=article]'

  /**
   * The main blocks of the page, in its order. Works in slices, so that the page stays responsive.
   * @param {AbortSignal} signal
   * @returns {Promise<{blocks: FoundBlock[], roots: ShadowRoot[]}>} With the open shadow roots on
   *   the way.
   */
  async function findBlocks(signal) {
    /** @type {FoundBlock[]} */ const found = []
    /** @type {ShadowRoot[]} */ const roots = []
    let ends = performance.now() + SLICE_MS
    let steps = 0
    for (const item of collect(document.body ?? document.documentElement, roots)) {
      if (item) found.push(item)
      if (++steps % STEPS_BETWEEN_LOOKS || performance.now() < ends) continue
      await new Promise((resolve) => setTimeout(resolve))
      if (signal.aborted) return {blocks: [], roots: []}
      ends = performance.now() + SLICE_MS
    }
    return {blocks: lensmith.mainPart.blocksIn(found), roots}
  }

  /**
   * Every block of text that can be seen under an element; undefined in between, where the walk may
   * rest.
   * @param {Element} top
   * @param {ShadowRoot[]} roots
   * @returns {Generator<FoundBlock | undefined>}
   */
  function* collect(top, roots) {
    let block = emptyBlock(top)
    const meets = (/** @type {ShadowRoot} */ root) => roots.push(root)
    for (const item of lensmith.visibleText.walk(top, {skips, meets})) {
      if (item.kind === 'rest') yield
      else if (item.kind === 'block') yield* turnTo(item.element)
      else if (item.kind === 'text') addText(block, item)
      else if (item.kind === 'emoji') addPiece(block, item.node, item.text)
      else if (item.kind === 'gap') {
        block.text += item.text
        if (item.text === '\n' && block.text.length > LONGEST) yield* turnTo(block.element)
      }
    }
    yield* turnTo(top)

    /** Finish the block that is open, and open one for an element. @param {Element} element */
    function* turnTo(element) {
      if (block.pieces.length && block.text.trim()) yield block
      block = emptyBlock(element)
    }
  }

  /** @param {Element} element @returns {FoundBlock} */
  function emptyBlock(element) {
    return {element, text: '', pieces: [], linkLength: 0}
  }

  /** @param {FoundBlock} block @param {TextItem} item */
  function addText(block, {node, style, isLink}) {
    const keepsLines = /^(pre|break-spaces)/.test(style.whiteSpace)
    const text = node.data.replace(keepsLines ? /[\t\f\r]/g : /[\t\f\r\n]/g, ' ')
    addPiece(block, node, node.data, text)
    if (isLink) block.linkLength += text.trim().length
  }

  /**
   * @param {FoundBlock} block
   * @param {Text | Element} node
   * @param {string} data
   * @param {string} [text]
   */
  function addPiece(block, node, data, text = data) {
    block.pieces.push({node, data, at: block.text.length})
    block.text += text
  }

  /**
   * What a person who reads the page leaves out.
   * @param {Element} element
   */
  function skips(element) {
    const {localName} = element
    if (SKIPPED.has(localName) || SKIPPED_ROLES.has(element.getAttribute('role') ?? '')) return true
    if (localName === 'svg')
      return element.getElementsByTagName('text').length > FEW_WORDS_OF_DRAWING
    if (element instanceof HTMLElement && (element.isContentEditable || element.inert)) return true
    // The head and foot of the whole page; those of an article are its own. An aside between
    // articles is beside the point.
    return PARTS_OF_PAGE.has(localName) && !element.closest(SECTIONS)
  }

  return {findBlocks}
})()
