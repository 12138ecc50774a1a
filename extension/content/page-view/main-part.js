// Which of a page's blocks are its content.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.mainPart = (() => {
  const {dom} = lensmith
  const MOST_OF_IT = 0.7 // of the page's prose: what the main part has to hold
  const LINK_SHARE = 0.5 // from here on a block is navigation
  const LONG = 60 // characters that make a text prose even without a full stop
  const FEW_WORDS = 3
  const WORDS_IN_CELL = 2 // “Great camera”; one word is mostly a name, or a figure with its unit
  const ENDS_SENTENCE = /[.!?…。！？؟।]["'”’»)\]\s]*$/u
  const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u

  /** @param {FoundBlock[]} found @returns {PageBlock[]} */
  function of(found) {
    const main = smallestWithMost(found)
    return found.filter((block) => {
      const {element, text, linkLength} = block
      // the title often stands outside
      if (element.localName === 'h1') return wordCount(text) > 1
      return (
        dom.contains(main, element) &&
        linkLength < LINK_SHARE * text.length &&
        isReadable(text, element)
      )
    })
  }

  /**
   * The smallest element that holds most of the page's prose, by length without links.
   * @param {FoundBlock[]} found
   */
  function smallestWithMost(found) {
    /** @type {Map<Element, number>} */ const held = new Map()
    const holdsText = new Set(found.map(({element}) => element))
    let all = 0
    for (const {text, element, linkLength} of found) {
      if (!isProse(text) || linkLength >= LINK_SHARE * text.length) continue
      const weight = text.length - linkLength
      all += weight
      for (const at of dom.withAncestors(element)) held.set(at, (held.get(at) ?? 0) + weight)
    }
    let main = /** @type {Element} */ (document.body)
    for (;;) {
      // A paragraph that outweighs the rest of an article is not the article.
      const next = [...held.keys()].find(
        (element) =>
          dom.parentOf(element) === main &&
          !holdsText.has(element) &&
          (held.get(element) ?? 0) >= MOST_OF_IT * all,
      )
      if (!next) break
      main = next
    }
    return main.closest('article') ?? main
  }

  /** Whether a text looks like sentences. @param {string} text */
  function isProse(text) {
    return text.length >= LONG || (ENDS_SENTENCE.test(text) && wordCount(text) >= FEW_WORDS)
  }

  /**
   * Whether a text in the main part is worth reading: not a name, a date, a word on a button.
   * @param {string} text @param {Element} element
   */
  function isReadable(text, element) {
    if (wordCount(text) >= FEW_WORDS) return true
    return element.localName === 'td' && wordCount(text.replace(/\p{N}+/gu, ' ')) >= WORDS_IN_CELL
  }

  /** Roughly; scripts that write no spaces count two characters a word. @param {string} text */
  function wordCount(text) {
    return CJK.test(text)
      ? Math.floor(text.length / 2)
      : (text.match(/[\p{L}\p{M}\p{N}’']+/gu)?.length ?? 0)
  }

  return {of, isProse}
})()
