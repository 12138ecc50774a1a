// What stands in a text without being part of it: readings over ruby, footnote marks, buttons,
// icons, what was struck out. And the pictures that are part of it: emoji.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.omissions = (() => {
  const SHORT = 40 // characters: a button that holds more is a text that can be clicked

  /** Gone without a trace. */
  const NOTHING = new Set([
    ...['script', 'style', 'noscript', 'template', 'head', 'title', 'desc', 'metadata', 'defs'],
    ...['symbol', 'annotation', 'annotation-xml', 'datalist', 'area', 'map', 'param', 'source'],
    ...['rt', 'rp', 'rtc', 'del', 's', 'strike'],
  ])
  /** Not read, but words at both sides of it stay two words. */
  const GAPS = new Set([
    ...['iframe', 'frame', 'object', 'embed', 'canvas', 'video', 'audio'],
    ...['input', 'textarea', 'select', 'meter', 'progress'],
  ])
  // Their text is the name of the picture that they show.
  const ICON_FONT =
    /^["']?(?:material (?:icons|symbols)|[\w -]*icons?\b|icomoon|fontello|glyphicons)/i

  // Pictures, flags, skin tones, and what joins them; digits only as keys.
  const EMOJI_PART = [
    String.raw`[0-9#*]\ufe0f?\u20e3`,
    String.raw`\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}`,
    String.raw`[\ufe0e\ufe0f]|\u200d|[\u{e0020}-\u{e007f}]`,
  ].join('|')
  const EMOJI = new RegExp(String.raw`^(?:\s|${EMOJI_PART})+$`, 'u')
  const SIGNS = /^[\s©®™]*$/u // pictographic by Unicode, but no emoji

  const NUMBERS = String.raw`(?:\d{1,3}|[*†‡§¶‖]+)(?:[\s,;–-]+\d{1,3})*`
  const MARK = new RegExp(String.raw`^[(（]?\s*${NUMBERS}\s*[)）]?$`, 'u')
  const BRACKETED = /^[[［〔【].{1,40}[\]］〕】]$/su
  const BRACKETED_MARK = new RegExp(
    String.raw`^[[［〔【]\s*(?:${NUMBERS}|\p{L}|[ivxlc]+|\p{L}+\.?\s*\d{1,3})\s*[\]］〕】]$`,
    'u',
  )
  const SUPERSCRIPTS = /^[⁰¹²³⁴-⁹\s,]+$/u
  const ORDINAL = /^(?:st|nd|rd|th|e|er|re|ère|ème|me|le|o|a|º|ª)$/u
  // A small figure behind these is a note's; behind "x" or "km" it is an exponent.
  const ENDS_WORD = /(?:\p{L}{3}|[.!?…,;:)\]"'”’»。！？、，）」』])$/u

  /**
   * How a text treats an element: null for "as any other".
   * @param {Element} element @param {CSSStyleDeclaration} style
   * @param {{before: string, link: boolean}} around  The last characters before it; whether it
   *   stands in a link.
   * @returns {Treatment | null}
   */
  function treatmentOf(element, style, around) {
    const {localName} = element
    if (NOTHING.has(localName)) return {kind: 'nothing'}
    const emoji = emojiOf(element)
    if (emoji) return {kind: 'alt', text: emoji}
    if (GAPS.has(localName) || localName === 'img' || isButton(element)) return {kind: 'gap'}
    if (/^ruby-text/.test(style.display) || isStruck(style)) return {kind: 'nothing'}
    if (ICON_FONT.test(style.fontFamily)) return {kind: 'gap'}
    return isNoteMark(element, style, around) ? {kind: 'note'} : null
  }

  /** The emoji that a picture shows; a photograph's description is none. @param {Element} element */
  function emojiOf(element) {
    const {localName} = element
    const names = ['aria-label', 'title']
    if (localName === 'img') names.unshift('alt')
    else if (localName === 'svg') names.push('data-emoji')
    else if (element.firstChild && element.getAttribute('role') !== 'img') return ''
    else if (element.textContent?.trim()) return ''
    const found = names.map((name) => element.getAttribute(name) ?? '').find(isEmoji)
    return found?.trim() ?? ''
  }

  /** @param {string} text */
  function isEmoji(text) {
    return EMOJI.test(text) && !SIGNS.test(text)
  }

  /** @param {Element} element */
  function isButton(element) {
    if (element.localName !== 'button' && element.getAttribute('role') !== 'button') return false
    return (element.textContent ?? '').trim().length <= SHORT
  }

  /** Whether an inline style strikes its text out. @param {CSSStyleDeclaration} style */
  function isStruck(style) {
    return (
      lensmith.visibility.isInline(style) && /line-through/.test(style.textDecorationLine ?? '')
    )
  }

  /**
   * @param {Element} element @param {CSSStyleDeclaration} style
   * @param {{before: string, link: boolean}} around
   */
  function isNoteMark(element, style, {before, link: inLink}) {
    const role = element.getAttribute('role') ?? element.getAttribute('epub:type') ?? ''
    if (/noteref/.test(role)) return true
    const raised = isRaised(element, style)
    const isLink = element.localName === 'a'
    if (!raised && !isLink) return false
    const text = (element.textContent ?? '').trim()
    if (!text || text.length > SHORT) return false
    if (isLink && !raised && pointsIntoPage(element))
      return BRACKETED_MARK.test(text) || SUPERSCRIPTS.test(text)
    if (!raised) return false
    if (BRACKETED.test(text) || /^[*†‡§¶‖]+$/u.test(text)) return true
    if (isLink || element.querySelector('a[href]')) return !ORDINAL.test(text)
    return MARK.test(text) && (inLink || ENDS_WORD.test(before))
  }

  /** @param {Element} element @param {CSSStyleDeclaration} style */
  function isRaised({localName}, {verticalAlign, position, top}) {
    if (localName === 'sup' || verticalAlign === 'super') return true
    return localName === 'a' && position === 'relative' && parseFloat(top) < 0
  }

  /** @param {Element} link */
  function pointsIntoPage(link) {
    return /^[^?]*#/.test(link.getAttribute('href') ?? '')
  }

  return {treatmentOf, isEmoji}
})()
