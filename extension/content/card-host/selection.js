// The text that the reader selected, and where its parts stand on the page.

var lensmith = lensmith || {}

/**
 * `text` is what the browser itself takes the selection for: hidden text is not in it, lines are
 * broken. `closed`: the selection stands where
 * a script of this page cannot look: in a frame, or in Chromium's PDF viewer. `secret`: it stands
 * in a password field, and was not read.
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
 * @property {() => Box} box  Around all of it, as it stands now.
 * @property {(start: number, end: number) => Box[]} boxesOf  One or more a line; UTF-16 offsets in
 *   `text`.
 * @property {(start: number) => Element | null} elementAt
 */
lensmith.selection = (() => {
  const SECRETS = /^(current-password|new-password|one-time-code|cc-number|cc-csc|cc-exp.*)$/
  /**
   * From here on the whole selection's box is measured once, and moved with its element: every
   * frame of a scroll is too often.
   */
  const LONG = 20_000
  const RESYNC = {probe: 12, reach: 400}

  /**
   * A stretch of a text node that stands in the text as it is.
   * @typedef {{node: Text, from: number, start: number, end: number}} Stretch
   */
  /** @typedef {{node: Text, from: number, to: number}} Part */

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
   * Whether the page shows dots in place of the letters, as for a password.
   * @param {Window} window @param {Element} field
   */
  function isMasked(window, field) {
    const masked = window.getComputedStyle(field).getPropertyValue('-webkit-text-security')
    return masked !== '' && masked !== 'none'
  }

  /**
   * @param {Window} window
   * @param {HTMLInputElement | HTMLTextAreaElement} field
   * @returns {Selected}
   */
  function readField(window, field) {
    const secret =
      field.type === 'password' ||
      // the attribute, as Firefox leaves tokens out of the property
      (field.getAttribute('autocomplete') ?? '')
        .toLowerCase()
        .split(/\s+/)
        .some((token) => SECRETS.test(token)) ||
      isMasked(window, field)
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
    const own = String(selection ?? '')
    /** @type {Part[] | undefined} */ let parts
    const allParts = () => (parts ??= ranges.flatMap((range) => partsOf(range)))
    // Firefox has no text for a selection that crosses the border of a shadow tree.
    const text = own || (ranges.length ? rendered(allParts()) : '')
    const element = ranges.length
      ? elementOf(ranges[0].startContainer)
      : window.document.activeElement
    /** @type {Stretch[] | undefined} */ let stretches
    const all = () => (stretches ??= align(text, allParts()))
    return {
      window,
      text,
      secret: false,
      closed: null,
      element,
      language: element && languageOf(element),
      direction: element ? directionOf(element) : 'ltr',
      places: text !== '',
      box:
        text.length > LONG && element
          ? movingBox(element, () => boxAround(ranges))
          : () => boxAround(ranges) ?? boxOf(element),
      boxesOf: (start, end) => boxesOf(all(), start, end),
      elementAt: (start) =>
        all().find((stretch) => stretch.end > start)?.node.parentElement ?? null,
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

  /**
   * The text nodes in a range that may bear visible text, in the order in which they are shown.
   * @param {AbstractRange} range
   * @returns {Part[]}
   */
  function partsOf(range) {
    const {startContainer, startOffset, endContainer, endOffset} = range
    const live = startContainer.getRootNode() === endContainer.getRootNode()
    const top = live
      ? /** @type {Range} */ (asRange(range)).commonAncestorContainer
      : /** @type {Document} */ (startContainer.ownerDocument)
    /** @type {Map<Node, boolean>} */ const shown = new Map()
    /** @type {Part[]} */ const parts = []
    let [inside, over] = [false, false]
    const edge = (/** @type {Node} */ node, /** @type {number} */ offset) => {
      if (node === startContainer && offset === startOffset) inside = true
      if (node === endContainer && offset === endOffset) over = true
    }
    const walk = (/** @type {Node} */ node) => {
      if (node.nodeType === Node.TEXT_NODE) {
        const text = /** @type {Text} */ (node)
        if (node === startContainer) inside = true
        const from = node === startContainer ? startOffset : 0
        const to = node === endContainer ? endOffset : text.length
        if (inside && to > from && isShown(text, shown)) parts.push({node: text, from, to})
        if (node === endContainer) over = true
        return
      }
      const children = childrenOf(node)
      for (let index = 0; index < children.length && !over; index++) {
        edge(node, index)
        if (!over) walk(children[index])
      }
      edge(node, children.length)
    }
    walk(top)
    return parts
  }

  /**
   * Children as they are shown: a shadow tree's in place of its host's.
   * @param {Node} node
   * @returns {ArrayLike<Node>}
   */
  function childrenOf(node) {
    const element = /** @type {Partial<HTMLSlotElement>} */ (node)
    if (element.shadowRoot) return element.shadowRoot.childNodes
    const assigned = element.localName === 'slot' ? element.assignedNodes?.() : undefined
    return assigned?.length ? assigned : node.childNodes
  }

  /**
   * Whether the browser's own text of a selection would hold it.
   * @param {Text} text
   * @param {Map<Node, boolean>} known
   */
  function isShown(text, known) {
    const parent = parentOf(text)
    if (!parent) return false
    let shown = known.get(parent)
    if (shown === undefined) {
      shown =
        parent.checkVisibility({visibilityProperty: true}) &&
        getComputedStyle(parent).userSelect !== 'none'
      known.set(parent, shown)
    }
    return shown
  }

  /** Text with a line for each block. @param {Part[]} parts */
  function rendered(parts) {
    let text = ''
    /** @type {Element | null} */ let before = null
    for (const {node, from, to} of parts) {
      const block = blockOf(node)
      if (text && block !== before) text += '\n'
      before = block
      text += node.data.slice(from, to).replace(/\s+/g, ' ')
    }
    return text
  }

  /** @param {Node} node */
  function blockOf(node) {
    let element = parentOf(node)
    while (element && /^(inline|contents)/.test(getComputedStyle(element).display))
      element = parentOf(element)
    return element
  }

  /**
   * Which characters of the text stand where: both are read side by side, white space aside, which
   * the browser collapses; upper
   * and lower case count as equal, since styles change them.
   * @param {string} text @param {Part[]} parts @returns {Stretch[]}
   */
  function align(text, parts) {
    /** @type {Stretch[]} */ const stretches = []
    let at = 0
    for (const {node, from, to} of parts) {
      const {data} = node
      let index = from
      while (index < to && isSpace(data, index)) index++
      if (index === to) continue
      at = skipSpace(text, at)
      if (!same(data, index, text, at)) at = resync(text, at, data.slice(index, to))
      /** @type {Stretch | undefined} */ let last
      while (index < to && at < text.length) {
        if (isSpace(data, index)) {
          index++
        } else {
          at = skipSpace(text, at)
          if (!same(data, index, text, at)) break
          if (last && last.end === at && last.from + at - last.start === index) {
            last.end++
          } else {
            last = {node, from: index, start: at, end: at + 1}
            stretches.push(last)
          }
          index++
          at++
        }
      }
    }
    return stretches
  }

  /**
   * Where the text goes on like this, not far from here; else here.
   * @param {string} text
   * @param {number} at
   * @param {string} like
   */
  function resync(text, at, like) {
    const probe = like.split(/\s/, 1)[0].slice(0, RESYNC.probe)
    const found = text
      .slice(at, at + RESYNC.reach)
      .toLowerCase()
      .indexOf(probe.toLowerCase())
    return found < 0 ? at : at + found
  }

  /** @param {string} text @param {number} at */
  function isSpace(text, at) {
    return /\s/.test(text[at])
  }

  /** @param {string} text @param {number} at */
  function skipSpace(text, at) {
    while (at < text.length && isSpace(text, at)) at++
    return at
  }

  /** @param {string} a @param {number} atA @param {string} b @param {number} atB */
  function same(a, atA, b, atB) {
    return a[atA] === b[atB] || (atB < b.length && a[atA].toLowerCase() === b[atB].toLowerCase())
  }

  /** @param {Stretch[]} stretches @param {number} start @param {number} end */
  function boxesOf(stretches, start, end) {
    // a text node has one box a line, white space included
    /** @type {Map<Text, {from: number, to: number}>} */ const spans = new Map()
    for (const {node, from, ...at} of stretches) {
      if (at.start >= end || at.end <= start || !node.isConnected) continue
      const [first, last] = [
        from + Math.max(start, at.start) - at.start,
        from + Math.min(end, at.end) - at.start,
      ]
      spans.set(node, {from: spans.get(node)?.from ?? first, to: last})
    }
    return Array.from(spans).flatMap(([node, {from, to}]) => {
      const range = new Range()
      range.setStart(node, Math.min(from, node.length)) // the page may have changed its text since
      range.setEnd(node, Math.min(to, node.length))
      const clip = clipOf(node)
      return Array.from(range.getClientRects(), (box) =>
        clip ? lensmith.positioning.overlap(box, clip) : box,
      ).filter((box) => box !== null)
    })
  }

  /**
   * What the scrolling boxes around a node leave of it.
   * @param {Node} node
   * @returns {Box | null}
   */
  function clipOf(node) {
    /** @type {Box | null} */ let clip = null
    for (let element = parentOf(node); element; element = parentOf(element)) {
      if (
        element === element.ownerDocument.documentElement ||
        element === element.ownerDocument.body
      )
        break // the viewport scrolls these
      if (getComputedStyle(element).overflow !== 'visible') {
        const box = element.getBoundingClientRect()
        clip = clip
          ? (lensmith.positioning.overlap(clip, box) ?? {left: 0, top: 0, width: 0, height: 0})
          : box
      }
    }
    return clip
  }

  /** @param {AbstractRange[]} ranges @returns {Box | null} */
  function boxAround(ranges) {
    const boxes = ranges
      .flatMap((range) =>
        Array.from((asRange(range) ?? elementOf(range.startContainer))?.getClientRects() ?? []),
      )
      .filter((box) => box.width > 0 && box.height > 0)
    if (!boxes.length) return null
    const [left, top] = [
      Math.min(...boxes.map((box) => box.left)),
      Math.min(...boxes.map((box) => box.top)),
    ]
    return {
      left,
      top,
      width: Math.max(...boxes.map((box) => box.right)) - left,
      height: Math.max(...boxes.map((box) => box.bottom)) - top,
    }
  }

  /**
   * A box that is measured once and then moves with an element.
   * @param {Element} element
   * @param {() => Box | null} measure
   */
  function movingBox(element, measure) {
    const before = element.getBoundingClientRect()
    const first = measure() ?? before
    return () => {
      const now = element.getBoundingClientRect()
      return {
        ...first,
        left: first.left + now.left - before.left,
        top: first.top + now.top - before.top,
      }
    }
  }

  /** @param {Element | null} element */
  function boxOf(element) {
    return element?.getBoundingClientRect() ?? new DOMRect()
  }

  /**
   * A live range, which a selection across a shadow tree's border cannot have.
   * @param {AbstractRange} range
   * @returns {Range | null}
   */
  function asRange(range) {
    if (range instanceof Range || 'commonAncestorContainer' in range)
      return /** @type {Range} */ (range)
    if (range.startContainer.getRootNode() !== range.endContainer.getRootNode()) return null
    const live = new Range()
    live.setStart(range.startContainer, range.startOffset)
    live.setEnd(range.endContainer, range.endOffset)
    return live
  }

  /**
   * The element around a node, out of a shadow tree too.
   * @param {Node} node
   * @returns {Element | null}
   */
  function parentOf(node) {
    return node.parentElement ?? /** @type {ShadowRoot | null} */ (node.parentNode)?.host ?? null
  }

  /**
   * The node itself if it is one, else the one around it.
   * @param {Node} node
   * @returns {Element | null}
   */
  function elementOf(node) {
    return node.nodeType === Node.ELEMENT_NODE ? /** @type {Element} */ (node) : parentOf(node)
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
