// Text that the eye does not take for letters of a sentence, or takes for some though it is none:
// pictures of emoji, marks of notes, drop caps, icons drawn by a font.

var lensmith = lensmith || {}

lensmith.specialText = (() => {
  /** An emoji, a flag or a digit in a key, with what joins and colours them. */
  const EMOJI = /^[\p{Extended_Pictographic}\p{Emoji_Component}\u20e3\s]+$/u
  const SHOWS_ONE = /[\p{Extended_Pictographic}\p{RI}\u20e3]/u
  /** As forums show them: “:)”, “;-(”, “:'D”. */
  const EMOTICON = /^[:;=8xX][-o^]?['"]?[()[\]{}DPpOo|/\\3<>*]+$/
  /** “1”, “[12]”, “(a)”, “*”, “[note 3]”. */
  const NOTE_MARK =
    /^\s*(?:[[(](?:[a-z]+ )?(?:\d{1,4}|[a-z]|[ivx]{1,5})[\])]|\d{1,3}|[a-z]|[*†‡§¶#]{1,3})\s*$/iu
  /** A link from a note back to its mark, or from a heading to itself. */
  const WAY_BACK = /^\s*(?:[↩⏎↵↑⇑⤴^¶#§🔗][\uFE0E\uFE0F]?\s?)+$/u
  const BRACKETED = /^\s*\[(?:[a-z]+ )?(?:\d{1,4}|[a-z]|[ivx]{1,5})\]\s*$/i
  const BRACKETED_NUMBER = /^\s*\[\d{1,3}\]\s*$/
  const NOTE_ROLE = /^doc-(noteref|backlink)$/
  const ENDS_WITH_STOP = /[.!?,;:…。！？」』"'”’»)]$/
  const DROP_CAP = /^\s*["'“„«»‘’¿¡([]*\p{L}\p{M}*['’]?\s*$/u
  const GOES_ON_WITH_LETTER = /^\s*[\p{L}\p{M}’']/u
  const INLINE = /^(inline|contents|ruby)/
  const ICON_FONT =
    /^["']?(?:[^,]*\b(?:icons?|icomoon|glyphicons?)\b|material symbols|font ?awesome)/i

  /**
   * The emoji that a picture shows, by its alternative text; null for any other picture.
   * @param {Element} element
   */
  function emojiOf(element) {
    const isImage = element.localName === 'img'
    if (!isImage && (element.getAttribute('role') !== 'img' || element.textContent?.trim()))
      return null
    const name = element.getAttribute(isImage ? 'alt' : 'aria-label')?.trim() ?? ''
    return name.length < 40 && isEmoji(name) ? name : null
  }

  /** @param {string} name */
  function isEmoji(name) {
    return (EMOJI.test(name) && SHOWS_ONE.test(name)) || EMOTICON.test(name)
  }

  /**
   * Whether an element is the mark of a note (“[1]”), which is no part of its sentence.
   * @param {Element} element
   * @param {CSSStyleDeclaration} style
   */
  function isNoteMark(element, style) {
    if (element.localName === 'a') return isMarkLink(element, style)
    const isSup = element.localName === 'sup'
    if (isSup && element.querySelector('a')) return true
    const text = shortText(element)
    if (text === null) return false
    if (BRACKETED_NUMBER.test(text) && INLINE.test(style.display)) return true
    if (!isSup && style.verticalAlign !== 'super') return false
    return (
      BRACKETED.test(text) || (NOTE_MARK.test(text) && (isInLink(element) || endsText(element)))
    )
  }

  /** Whether it follows the end of a sentence or clause: no power does. @param {Element} element */
  function endsText({previousSibling}) {
    return ENDS_WITH_STOP.test(previousSibling?.textContent ?? '')
  }

  /** @param {Element} link @param {CSSStyleDeclaration} style */
  function isMarkLink(link, style) {
    if (NOTE_ROLE.test(link.getAttribute('role') ?? '')) return true
    if (link.getAttribute('epub:type') === 'noteref') return true
    const text = shortText(link)
    if (text !== null && WAY_BACK.test(text)) return true
    if (text === null || !NOTE_MARK.test(text)) return false
    return (
      BRACKETED.test(text) || style.verticalAlign === 'super' || link.querySelector('sup') !== null
    )
  }

  /** @param {Element} element */
  function isInLink(element) {
    return element.closest('a') !== null
  }

  /** Its text, or null if that is long. @param {Element} element */
  function shortText(element) {
    const text = element.textContent ?? ''
    return text.trim() && text.length < 24 ? text : null
  }

  /**
   * Whether an element is the first letter of a word, set apart by style alone.
   * @param {Element} element
   * @param {CSSStyleDeclaration} style
   */
  function isDropCap(element, style) {
    if (style.float === 'none' && style.display !== 'inline-block') return false
    const text = shortText(element)
    if (text === null || !DROP_CAP.test(text)) return false
    const next = element.nextSibling
    return next !== null && isInline(next) && GOES_ON_WITH_LETTER.test(next.textContent ?? '')
  }

  /** @param {Node} node */
  function isInline(node) {
    if (node.nodeType === Node.TEXT_NODE) return true
    if (node.nodeType !== Node.ELEMENT_NODE) return false
    return INLINE.test(getComputedStyle(/** @type {Element} */ (node)).display)
  }

  /** Whether words are drawn as pictures. @param {CSSStyleDeclaration} style */
  function isIconFont(style) {
    return ICON_FONT.test(style.fontFamily)
  }

  /** Of ruby, by its style alone. @param {CSSStyleDeclaration} style */
  function isReading({display}) {
    return display.startsWith('ruby-text')
  }

  return {isEmoji, emojiOf, isNoteMark, isDropCap, isIconFont, isReading}
})()
