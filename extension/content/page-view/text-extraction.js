// Runs inside the web page: finds the text that a person reads there, as blocks whose every
// character has its place in the document.
//
// Not @mozilla/readability, for three reasons. It works on a copy, which it takes apart, so that
// what it finds must be traced back to the page. It runs in one go, which on a long page is a task
// of several hundred milliseconds. And it wants one article: discussions, reviews and feeds are
// where emotions are. So this takes the smallest part of the page that holds most of its prose, and
// all of it.

var lensmith = lensmith || {}

/**
 * @typedef {import('../../shared/page-view.js').PageBlock} PageBlock
 * @typedef {PageBlock & {linkLength: number}} FoundBlock
 */

lensmith.extraction = (() => {
  const {parentOf} = lensmith.tree
  const SLICE_MS = 8 // leaves the page half of every frame
  const STEPS_BETWEEN_LOOKS = 20 // at the clock
  const MOST_OF_IT = 0.7 // of the page's prose: what the main part has to hold
  const LINK_SHARE = 0.5 // from here on a block is navigation
  const LONG = 60 // characters that make a text prose even without a full stop
  const FEW_WORDS = 3
  // characters, after which a line break ends a block: what is painted in one go stays small
  const LONGEST = 2000

  const SKIPPED = new Set([
    'SCRIPT',
    'STYLE',
    'NOSCRIPT',
    'TEMPLATE',
    'IFRAME',
    'FRAME',
    'OBJECT',
    'EMBED',
    'CANVAS',
    'VIDEO',
    'AUDIO',
    'INPUT',
    'TEXTAREA',
    'SELECT',
    'BUTTON',
    'DATALIST',
    'METER',
    'PROGRESS',
    'NAV',
    'MENU',
    'RT',
    'RP',
    'svg',
    'math',
  ])
  const SKIPPED_ROLES = new Set([
    'navigation',
    'banner',
    'contentinfo',
    'search',
    'menu',
    'menubar',
    'toolbar',
    'tablist',
    'tooltip',
    'dialog',
    'alertdialog',
    'button',
  ])
  const SECTIONS = 'article, main, section, blockquote, [role=main], [role=article]'
  const ENDS_SENTENCE = /[.!?…。！？؟।]["'”’»)\]\s]*$/u
  const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u

  /**
   * The main blocks of the page, in its order. Works in slices, so that the page stays responsive.
   * @param {AbortSignal} signal
   * @returns {Promise<{blocks: PageBlock[], roots: ShadowRoot[]}>} With the open shadow roots on
   *   the way.
   */
  async function findBlocks(signal) {
    /** @type {FoundBlock[]} */ const found = []
    /** @type {ShadowRoot[]} */ const roots = []
    let ends = performance.now() + SLICE_MS
    let steps = 0
    for (const item of collect(document.body, roots)) {
      if (item) found.push(item)
      if (++steps % STEPS_BETWEEN_LOOKS || performance.now() < ends) continue
      await new Promise((resolve) => setTimeout(resolve))
      if (signal.aborted) return {blocks: [], roots: []}
      ends = performance.now() + SLICE_MS
    }
    const main = mainPart(found)
    const blocks = found.filter((block) => {
      // the title often stands outside
      if (block.element.tagName === 'H1') return wordCount(block.text) > 1
      return (
        contains(main, block.element) &&
        block.linkLength < LINK_SHARE * block.text.trim().length &&
        isReadable(block.text)
      )
    })
    return {blocks, roots}
  }

  /**
   * Every block of text that can be seen under an element; undefined in between, where the walk may
   * rest.
   * @param {Element} top @param {ShadowRoot[]} roots @returns {Generator<FoundBlock | undefined>}
   */
  function* collect(top, roots) {
    let block = emptyBlock(top)
    let links = 0
    yield* visit(top)
    yield* turnTo(top)

    /** @param {Element} element @returns {Generator<FoundBlock | undefined>} */
    function* visit(element) {
      for (const child of childrenOf(element, roots)) {
        yield
        if (child instanceof Text) addText(child)
        if (!(child instanceof Element)) continue
        const style = visibleStyle(child)
        if (!style) continue
        const inline = /^(inline|contents|ruby)/.test(style.display)
        const outer = block.element
        const link = child.tagName === 'A' ? 1 : 0
        if (!inline) yield* turnTo(child)
        if (child.tagName === 'BR') yield* addBreak()
        links += link
        yield* visit(child)
        links -= link
        if (!inline) yield* turnTo(outer)
      }
    }

    /** Finish the block that is open, and open one for an element. @param {Element} element */
    function* turnTo(element) {
      if (block.text.trim()) yield block
      block = emptyBlock(element)
    }

    /** @param {Text} node */
    function addText(node) {
      const style = node.parentElement ? getComputedStyle(node.parentElement) : null
      if (style && style.visibility !== 'visible') return
      const keepsLines = /^(pre|break-spaces)/.test(style?.whiteSpace ?? '')
      const text = node.data.replace(keepsLines ? /[\t\f\r]/g : /[\t\f\r\n]/g, ' ')
      block.pieces.push({node, data: node.data, at: block.text.length})
      block.text += text
      if (links) block.linkLength += text.trim().length
    }

    function* addBreak() {
      block.text += '\n'
      if (block.text.length > LONGEST) yield* turnTo(block.element)
    }
  }

  /** @param {Element} element @returns {FoundBlock} */
  function emptyBlock(element) {
    return {element, text: '', pieces: [], linkLength: 0}
  }

  /**
   * As they are shown: the shadow tree of an element that has an open one, what fills a slot.
   * @param {Element} element @param {ShadowRoot[]} roots
   */
  function childrenOf(element, roots) {
    if (element.shadowRoot) {
      roots.push(element.shadowRoot)
      return element.shadowRoot.childNodes
    }
    const assigned = element instanceof HTMLSlotElement ? element.assignedNodes() : []
    return assigned.length ? assigned : element.childNodes
  }

  /** Its style, or null if it is nothing that a person reads. @param {Element} element */
  function visibleStyle(element) {
    const {tagName} = element
    if (SKIPPED.has(tagName) || SKIPPED_ROLES.has(element.getAttribute('role') ?? '')) return null
    if (element.getAttribute('aria-hidden') === 'true') return null
    if (element instanceof HTMLElement && (element.isContentEditable || element.inert)) return null
    // The head and foot of the whole page; those of an article are its own. An aside between
    // articles is beside the point.
    if (['HEADER', 'FOOTER', 'ASIDE'].includes(tagName) && !element.closest(SECTIONS)) return null
    // A note's number is no part of its sentence.
    if (tagName === 'SUP' && element.querySelector('a')) return null
    const style = getComputedStyle(element)
    const hidden =
      style.display === 'none' || style.opacity === '0' || style.contentVisibility === 'hidden'
    // For screen readers only: a pixel, clipped. Its text is said elsewhere.
    const pixel =
      style.position === 'absolute' && parseFloat(style.width) <= 1 && style.overflow !== 'visible'
    return hidden || pixel ? null : style
  }

  /**
   * The smallest element that holds most of the page's prose, by length without links.
   * @param {FoundBlock[]} found
   */
  function mainPart(found) {
    /** @type {Map<Element, number>} */ const held = new Map()
    const holdsText = new Set(found.map(({element}) => element))
    let all = 0
    for (const {text, element, linkLength} of found) {
      const length = text.trim().length
      if (!isProse(text) || linkLength >= LINK_SHARE * length) continue
      const weight = length - linkLength
      all += weight
      for (let at = /** @type {Element | null} */ (element); at; at = parentOf(at))
        held.set(at, (held.get(at) ?? 0) + weight)
    }
    let main = /** @type {Element} */ (document.body)
    for (;;) {
      // A paragraph that outweighs the rest of an article is not the article.
      const next = [...held.keys()].find(
        (element) =>
          parentOf(element) === main &&
          !holdsText.has(element) &&
          (held.get(element) ?? 0) >= MOST_OF_IT * all,
      )
      if (!next) break
      main = next
    }
    return main.closest('article') ?? main
  }

  /** @param {Element} ancestor @param {Element} element */
  function contains(ancestor, element) {
    if (ancestor.contains(element)) return true
    for (let at = /** @type {Element | null} */ (element); at; at = parentOf(at))
      if (at === ancestor) return true // through shadow roots
    return false
  }

  /** Whether a text looks like sentences. @param {string} text */
  function isProse(text) {
    const trimmed = text.trim()
    return trimmed.length >= LONG || (ENDS_SENTENCE.test(trimmed) && isReadable(trimmed))
  }

  /**
   * Whether a text in the main part is worth reading: not a name, a date, a word on a button.
   * @param {string} text
   */
  function isReadable(text) {
    return wordCount(text) >= FEW_WORDS
  }

  /** Roughly; scripts that write no spaces count two characters a word. @param {string} text */
  function wordCount(text) {
    const trimmed = text.trim()
    return CJK.test(trimmed)
      ? Math.floor(trimmed.length / 2)
      : (trimmed.match(/[\p{L}\p{M}\p{N}’']+/gu)?.length ?? 0)
  }

  return {findBlocks, isProse}
})()
