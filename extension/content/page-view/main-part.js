// The smallest part of the page that holds most of its prose, and which of its texts are prose.

var lensmith = lensmith || {}

/** @typedef {import('../../shared/page-view.js').PageBlock & {linkLength: number}} FoundBlock */

lensmith.mainPart = (() => {
  const {parentOf} = lensmith.tree
  const MOST_OF_IT = 0.7 // of the page's prose: what the main part has to hold
  const LINK_SHARE = 0.5 // from here on a block is navigation
  const LONG = 60 // characters that make a text prose even without a full stop
  const FEW_WORDS = 3
  const FEW_WORDS_OF_CELL = 2 // “awful battery”
  const CELL = /^(?:t[dh]|dd)$/
  const SHORT_SENTENCE = /^(?=.*\p{L}{2}).*[.!?。！？؟।]["'”’»)\]\s]*$/su // “Awesome!”
  const ENDS_SENTENCE = /[.!?…。！？؟।]["'”’»)\]\s]*$/u
  const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u

  /** @param {FoundBlock[]} found */
  function blocksIn(found) {
    const main = mainOf(found)
    return found.filter((block) => {
      const {element, text, linkLength} = block
      // the title is often outside
      if (element.localName === 'h1') return wordCount(text) > 1
      return (
        contains(main, element) &&
        linkLength < LINK_SHARE * text.trim().length &&
        (SHORT_SENTENCE.test(text) || wordCount(text) >= fewWordsOf(element))
      )
    })
  }

  /** What a text has to have in such an element. @param {Element} element */
  function fewWordsOf({localName}) {
    return CELL.test(localName) ? FEW_WORDS_OF_CELL : FEW_WORDS
  }

  /**
   * The smallest element that holds most of the page's prose, by length without links.
   * @param {FoundBlock[]} found
   */
  function mainOf(found) {
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
    let main = /** @type {Element} */ (document.body ?? document.documentElement)
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

  /** Through shadow trees too. @param {Element} ancestor @param {Element} element */
  function contains(ancestor, element) {
    if (ancestor.contains(element)) return true
    for (let at = /** @type {Element | null} */ (element); at; at = parentOf(at))
      if (at === ancestor) return true
    return false
  }

  /** Whether a text looks like sentences. @param {string} text */
  function isProse(text) {
    const trimmed = text.trim()
    return (
      trimmed.length >= LONG || (ENDS_SENTENCE.test(trimmed) && wordCount(trimmed) >= FEW_WORDS)
    )
  }

  /** Roughly; scripts that write no spaces count two characters a word. @param {string} text */
  function wordCount(text) {
    const trimmed = text.trim()
    return CJK.test(trimmed)
      ? Math.floor(trimmed.length / 2)
      : (trimmed.match(/[\p{L}\p{M}\p{N}’']+/gu)?.length ?? 0)
  }

  return {blocksIn, isProse, wordCount}
})()
