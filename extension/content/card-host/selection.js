// The text that the user selected, and where its parts are on the page.

var lensmith = lensmith || {}

/**
 * `text` is what the eye reads of the selection, with a blank line between blocks. `closed`: the
 * selection is where a script of this page cannot look: in a frame, or in Chromium's PDF
 * viewer. `secret`: it was not read on purpose, as in a password field.
 * Boxes are in CSS pixels of `window`'s viewport.
 * @typedef {object} Selected
 * @property {Window} window
 * @property {string} text
 * @property {'frame' | 'pdf' | null} closed
 * @property {boolean} secret
 * @property {Element | null} element  The innermost that holds the selection's beginning.
 * @property {string | null} language
 * @property {'ltr' | 'rtl'} direction
 * @property {boolean} places  Whether `boxesOf` knows anything.
 * @property {() => Box} box  Around all of it, at this moment.
 * @property {(start: number, end: number) => Box[]} boxesOf  One or more a line; UTF-16 offsets in
 *   `text`.
 * @property {(start: number) => Element | null} elementAt
 */
lensmith.selection = (() => {
  const {parentOf, elementOf} = lensmith.tree
  const {isMasked} = lensmith.visibility
  const {textOf} = lensmith.selectionText
  const {boxesOf, boxAround, movingBox, boxOf} = lensmith.selectionBoxes
  const SECRETS = /^(current-password|new-password|one-time-code|cc-number|cc-csc|cc-exp.*)$/
  /**
   * From here on the whole selection's box is measured once, and moved with its element: every
   * frame of a scroll is too often.
   */
  const LONG = 20_000

  /**
   * What is selected in a window, or in a frame of it that has the focus.
   * @param {Window} top
   * @returns {Selected}
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
    const secret =
      field.type === 'password' ||
      // Workaround: the attribute, since Firefox's property leaves out cc-csc and one-time-code. It
      // may go when the property has them:
      // https://searchfox.org/firefox-main/source/dom/html/test/forms/test_autocompleteinfo.html
      (field.getAttribute('autocomplete') ?? '')
        .toLowerCase()
        .split(/\s+/)
        .some((token) => SECRETS.test(token)) ||
      isMasked(window.getComputedStyle(field))
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
    const ranges = selection ? rangesOf(window.document, selection) : []
    const {text, stretches} = textOf(ranges, () => String(selection))
    const element = ranges[0] ? elementOf(ranges[0].startContainer) : window.document.activeElement
    return {
      window,
      text,
      // nothing but what is masked, or pictures: the menu's words for it are not to be read either
      secret: ranges.length > 0 && text === '',
      closed: null,
      element,
      language: element && languageOf(element),
      direction: element ? directionOf(element) : 'ltr',
      places: text !== '',
      box:
        text.length > LONG && element
          ? movingBox(element, () => boxAround(ranges))
          : () => boxAround(ranges) ?? boxOf(element),
      boxesOf: (start, end) => boxesOf(stretches, start, end),
      elementAt(start) {
        const node = stretches.find(({end}) => end > start)?.node
        return node ? elementOf(node) : null
      },
    }
  }

  /** @param {Document} document @param {Selection} selection @returns {AbstractRange[]} */
  function rangesOf(document, selection) {
    const ranges = Array.from({length: selection.rangeCount}, (_, index) =>
      selection.getRangeAt(index),
    ).filter((range) => !range.collapsed)
    if (ranges.length) return ranges
    // What is selected in a shadow tree looks collapsed from outside.
    const composed =
      /** @type {{getComposedRanges?: (options: {shadowRoots: ShadowRoot[]}) => StaticRange[]}} */ (
        /** @type {unknown} */ (selection)
      ) // not yet in TypeScript's DOM
    return (
      composed
        .getComposedRanges?.({shadowRoots: shadowRoots(document)})
        .filter((range) => !range.collapsed) ?? []
    )
  }

  /** @param {Document | ShadowRoot} root @returns {ShadowRoot[]} */
  function shadowRoots(root) {
    return Array.from(root.querySelectorAll('*'), (element) => element.shadowRoot)
      .filter((inner) => inner !== null)
      .flatMap((inner) => [inner, ...shadowRoots(inner)])
  }

  /** @param {Element} element @returns {string | null} */
  function languageOf(element) {
    for (let at = /** @type {Element | null} */ (element); at; at = parentOf(at)) {
      const language = at.getAttribute('lang')
      if (language) return language
    }
    return null
  }

  /** @param {Element} element */
  function directionOf(element) {
    return getComputedStyle(element).direction === 'rtl' ? 'rtl' : 'ltr'
  }

  return {read}
})()
