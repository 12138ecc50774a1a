// Where an element's text goes: on in the sentence around it, or into a paragraph of its own.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.flow = (() => {
  const SVG = 'http://www.w3.org/2000/svg'
  const MATH = 'http://www.w3.org/1998/Math/MathML'
  const DROP_CAP = /^\p{P}*[\p{L}\p{N}]{1,3}\p{P}*$/u
  const INLINE_TAGS = new Set([
    ...['a', 'abbr', 'b', 'bdi', 'bdo', 'cite', 'code', 'data', 'dfn', 'em', 'font', 'i', 'kbd'],
    ...['mark', 'q', 'samp', 'small', 'span', 'strong', 'sub', 'sup', 'time', 'u', 'var'],
  ])
  const SEPARATE = 2 // CSS pixels beside an inline box: from here on the eye sees two words
  const SHORT = 60 // characters: an inline box that holds no more is part of a sentence

  /**
   * @param {Element} element @param {CSSStyleDeclaration} style
   * @param {{begun: boolean, capped: boolean, parent: Level}} around  Whether the block has text
   *   already, and whether that is a drop cap alone.
   * @returns {Flow}
   */
  function of(element, style, {begun, capped, parent}) {
    const {localName, namespaceURI} = element
    const {display, position} = style
    if (namespaceURI === SVG && localName !== 'svg')
      return localName === 'text' ? 'separate' : 'inline'
    if (namespaceURI === MATH && !(localName === 'math' && display.startsWith('block')))
      return 'inline'
    if (lensmith.visibility.isInline(style)) return 'inline'
    if (display.startsWith('inline')) return isSpaced(style) ? 'separate' : 'inline'
    const outside = position === 'absolute' || position === 'fixed'
    const floats = (style.float || 'none') !== 'none'
    if (floats && !begun && DROP_CAP.test((element.textContent ?? '').trim())) return 'cap'
    if (parent.inlined) return 'separate'
    if ((floats || outside) && begun) return 'later'
    if (!outside && INLINE_TAGS.has(localName) && isRow(parent.style)) return 'separate'
    return capped && !outside ? 'inline' : 'block'
  }

  /** Whether a box in a line is part of its sentence with all that it holds, as formulas are. */
  function isInSentence(
    /** @type {Element} */ element,
    /** @type {CSSStyleDeclaration} */ {display},
  ) {
    if (!/^inline-/.test(display)) return false
    return (element.textContent ?? '').trim().length <= SHORT
  }

  /** @param {CSSStyleDeclaration} style */
  function isRow({display, flexDirection}) {
    return /flex$/.test(display) && !flexDirection.startsWith('column')
  }

  /** @param {CSSStyleDeclaration} style */
  function isSpaced(style) {
    const sides = [
      ...[style.marginLeft, style.borderLeftWidth, style.paddingLeft],
      ...[style.marginRight, style.borderRightWidth, style.paddingRight],
    ]
    return sides.reduce((sum, width) => sum + (parseFloat(width) || 0), 0) >= SEPARATE
  }

  return {of, isInSentence}
})()
