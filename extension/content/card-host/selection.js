// The text that the user selected, and where its parts stand on the page.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.selection = (() => {
  const {dom, secrets, selectedBoxes, selectedNodes, visibleText} = lensmith
  /**
   * From here on the whole selection's box is measured once, and moved with its element: every
   * frame of a scroll is too often.
   */
  const LONG = 20_000

  /**
   * What is selected in a window, or in a frame of it that has the focus.
   * @param {Window} top @returns {Selected}
   */
  function read(top) {
    if (top.document.contentType === 'application/pdf') return {...readDocument(top), closed: 'pdf'}
    const field = focused(top.document)
    if (field?.localName === 'iframe' || field?.localName === 'frame') {
      const inner = windowOf(/** @type {HTMLIFrameElement} */ (field))
      if (inner) {
        const selected = read(inner)
        if (selected.text || selected.secret || selected.closed) return selected
      } else {
        const own = readDocument(top)
        return own.text ? own : {...own, closed: 'frame'}
      }
    }
    return isField(field) ? readField(top, field) : readDocument(top)
  }

  /** @param {HTMLIFrameElement} frame @returns {Window | null} */
  function windowOf(frame) {
    return frame.contentDocument ? frame.contentWindow : null
  }

  /** The innermost element with the focus, in shadow trees too. @param {Document} document */
  function focused(document) {
    let element = document.activeElement
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement
    return element
  }

  /**
   * @param {Element | null} element
   * @returns {element is HTMLInputElement | HTMLTextAreaElement}
   */
  function isField(element) {
    return element?.localName === 'input' || element?.localName === 'textarea'
  }

  /**
   * @param {Window} window
   * @param {HTMLInputElement | HTMLTextAreaElement} field
   * @returns {Selected}
   */
  function readField(window, field) {
    const secret = secrets.isSecretField(field)
    let text = ''
    if (!secret) {
      // null in kinds of input that have text, but no offsets in it
      const {selectionStart, selectionEnd, value} = field
      text =
        selectionStart === null || selectionEnd === null
          ? String(window.getSelection() ?? '')
          : value.slice(selectionStart, selectionEnd)
    }
    if (!text && !secret) return readDocument(window)
    return {
      window,
      text,
      secret,
      closed: null,
      element: field,
      language: languageOf(field),
      direction: directionOf(field),
      places: false,
      box: () => field.getBoundingClientRect(),
      boxesOf: () => [],
      elementAt: () => field,
    }
  }

  /** @param {Window} window @returns {Selected} */
  function readDocument(window) {
    const selection = window.getSelection()
    const ranges = selection ? selectedNodes.rangesOf(window.document, selection) : []
    const {text, pieces, masked} = textOf(ranges)
    const element = ranges.length
      ? dom.elementOf(ranges[0].startContainer)
      : window.document.activeElement
    const around = () => selectedBoxes.around(ranges)
    return {
      window,
      text,
      secret: masked && !text.trim(),
      closed: null,
      element,
      language: element && languageOf(element),
      direction: element ? directionOf(element) : 'ltr',
      places: text !== '',
      box:
        text.length > LONG && element
          ? selectedBoxes.moving(element, around)
          : () => around() ?? selectedBoxes.of(element),
      boxesOf: (start, end) => selectedBoxes.ofPart(pieces, start, end),
      elementAt: (start) => {
        const piece = pieces[lensmith.textPlaces.indexAt(pieces, start)]
        return piece ? dom.elementOf(piece.node) : null
      },
    }
  }

  /**
   * What the eye reads in ranges, in their order, with a break between them.
   * @param {AbstractRange[]} ranges
   */
  function textOf(ranges) {
    const composer = lensmith.createTextComposer()
    let masked = false
    for (const range of ranges) {
      const {top, nodes} = selectedNodes.within(range)
      const select = (/** @type {Node} */ node) => nodes.get(node) ?? null
      composer.addBreak()
      for (const token of visibleText.walk(top, {select, copied: true})) {
        if (token.kind === 'block') composer.addBreak()
        else if (token.kind === 'masked') masked = true
        else visibleText.compose(token, composer)
      }
    }
    return {...composer.finish(), masked}
  }

  /** @param {Element} element @returns {string | null} */
  function languageOf(element) {
    const tagged = dom.withAncestors(element).find((each) => each.getAttribute('lang'))
    return tagged?.getAttribute('lang') ?? null
  }

  /** @param {Element} element */
  function directionOf(element) {
    return dom.styleOf(element).direction === 'rtl' ? 'rtl' : 'ltr'
  }

  return {read}
})()
