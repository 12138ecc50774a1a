// Finds the text that a person reads on the page, as blocks whose every character has its place in
// the document.
//
// Not @mozilla/readability, for three reasons. It works on a copy, which it takes apart, so that
// what it finds must be traced back to the page. It runs in one go, which on a long page is a task
// of several hundred milliseconds. And it wants one article: discussions, reviews and feeds are
// where emotions are. So this takes the smallest part of the page that holds most of its prose, and
// all of it.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.textExtraction = (() => {
  const {mainPart, visibleText} = lensmith
  const SLICE_MS = 8 // leaves the page half of every frame
  const STEPS_BETWEEN_LOOKS = 20 // at the clock
  // characters, after which a line break ends a block: what is measured in one go stays small
  const LONGEST = 2000

  const SKIPPED = new Set(['nav', 'menu'])
  const SKIPPED_ROLES = new Set([
    ...['navigation', 'banner', 'contentinfo', 'search', 'menu', 'menubar', 'toolbar', 'tablist'],
    ...['tooltip', 'dialog', 'alertdialog'],
  ])
  const OF_THE_PAGE = new Set(['header', 'footer', 'aside'])
  const SECTIONS = 'article, main, section, blockquote, [role=main], [role=article]'

  /** @type {Lensmith['textExtraction']['findBlocks']} */
  async function findBlocks(signal) {
    /** @type {FoundBlock[]} */ const found = []
    /** @type {ShadowRoot[]} */ const roots = []
    let ends = performance.now() + SLICE_MS
    let steps = 0
    for (const block of blocksIn(document.body, roots)) {
      if (block) found.push(block)
      if (++steps % STEPS_BETWEEN_LOOKS || performance.now() < ends) continue
      await new Promise((resolve) => setTimeout(resolve))
      if (signal.aborted) return {blocks: [], roots: []}
      ends = performance.now() + SLICE_MS
    }
    return {blocks: mainPart.of(found), roots}
  }

  /**
   * Every block of text that can be seen in an element; undefined in between, where the walk may
   * rest.
   * @type {Lensmith['textExtraction']['blocksIn']}
   */
  function* blocksIn(top, roots = []) {
    let block = newBlock(top)
    for (const token of visibleText.walk(top, {skips: isBesideThePoint, roots})) {
      if (token.kind === 'block') {
        yield finished(block)
        block = newBlock(token.element)
      } else if (token.kind === 'line' && block.composer.length > LONGEST) {
        yield finished(block)
        block = newBlock(block.element)
      } else {
        const before = block.composer.length
        visibleText.compose(token, block.composer)
        if (token.kind === 'text') note(block, token, block.composer.length - before)
        yield undefined
      }
    }
    yield finished(block)
  }

  /** @param {Element} element */
  function newBlock(element) {
    return {element, composer: lensmith.createTextComposer(), linkLength: 0, graphic: true}
  }

  /**
   * @param {ReturnType<typeof newBlock>} block @param {Extract<TextToken, {kind: 'text'}>} token
   * @param {number} length  Of what it added.
   */
  function note(block, {link, graphic, node}, length) {
    if (link) block.linkLength += length
    if (!graphic && node.data.trim()) block.graphic = false
  }

  /** @param {ReturnType<typeof newBlock>} block @returns {FoundBlock | undefined} */
  function finished({element, composer, linkLength, graphic}) {
    // A drawing's labels are no text; a word that is drawn is part of the text around it.
    if (!composer.length || graphic) return undefined
    const {text, pieces} = composer.finish()
    return text ? {element, text, pieces, linkLength} : undefined
  }

  /** Navigation, controls, and the like. @param {Element} element */
  function isBesideThePoint(element) {
    const {localName} = element
    if (SKIPPED.has(localName) || SKIPPED_ROLES.has(element.getAttribute('role') ?? '')) return true
    const {isContentEditable, inert} = /** @type {Partial<HTMLElement>} */ (element)
    if (isContentEditable || inert) return true
    // The head and foot of the whole page; those of an article are its own. An aside between
    // articles is beside the point.
    return OF_THE_PAGE.has(localName) && !element.closest(SECTIONS)
  }

  return {findBlocks, blocksIn}
})()
