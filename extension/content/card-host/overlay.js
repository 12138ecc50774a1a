// Runs inside the web page for one click: reads the selected text, places the card's frame beside
// it, lights up what the card points at. It lives beside hostile code: it sends nothing to the
// page, never sees a result, and takes only events that a person caused.

var lensmith = lensmith || {}

lensmith.openCard = (() => {
  /** After its page was loaded: a card that lives has asked for its text by then. */
  const ASKED_AFTER_MS = 600
  /** UTF-16 units: more than the background can keep, and less than a message may hold. */
  const MOST_TEXT = 10_000_000
  const FILLED = /^(iframe|frame|video|img|canvas|object|embed)$/
  const HTML = 'http://www.w3.org/1999/xhtml'
  const {upFrom, isFullScreen, boxesOnPage, modalDialog} = lensmith.windows

  /**
   * @param {import('../../shared/messages.js').CardHostStart} start
   * @returns {import('../../shared/messages.js').Opened}
   */
  return (start) => {
    const selected = lensmith.selection.read(window)
    const {closed, secret, language, direction, places} = selected
    const text = selected.text.slice(0, MOST_TEXT)
    const windows = upFrom(selected.window)
    // what cannot be looked into has no place on this page
    const docked = start.corner || closed !== null
    const found = {text, docked, closed, secret, language, direction, places}
    return {...found, placed: canBearCard(windows) && show(start, selected, windows, docked)}
  }

  /** @param {(Window & typeof globalThis)[]} windows */
  function canBearCard(windows) {
    const page = pageOf(windows)
    const {documentElement, fullscreenElement} = page.document
    const isWhole = page === page.top || isFullScreen(page)
    if (!isWhole || documentElement.namespaceURI !== HTML || makesFramesForeign(page)) return false
    // nothing can stand in it, and all around it is inert
    return !fullscreenElement || !FILLED.test(fullscreenElement.localName)
  }

  /**
   * Workaround: Firefox gives the page's sandbox to every frame in it, which then has none of the
   * extension's functions. It may go when that changes:
   * https://searchfox.org/firefox-main/source/toolkit/components/extensions/test/xpcshell/test_ext_sandboxed_resource.js
   * @param {Window & typeof globalThis} page
   */
  function makesFramesForeign(page) {
    return isSandboxed(page) && chrome.runtime.getURL('').startsWith('moz-')
  }

  /** @param {Window & typeof globalThis} page */
  function isSandboxed({origin, location}) {
    return origin === 'null' && location.protocol !== 'file:'
  }

  /** @param {(Window & typeof globalThis)[]} windows */
  function pageOf(windows) {
    return /** @type {Window & typeof globalThis} */ (windows.at(-1))
  }

  /**
   * @param {import('../../shared/messages.js').CardHostStart} start
   * @param {Selected} selected
   * @param {(Window & typeof globalThis)[]} windows
   * @param {boolean} docked
   * @returns {boolean} Whether the page shows it.
   */
  function show(start, selected, windows, docked) {
    const page = pageOf(windows)
    const {document} = page
    const before = document.activeElement
    const inside =
      page === selected.window ? selected.element : (windows.at(-2)?.frameElement ?? null)
    const dialog = modalDialog(page, inside)
    const ended = new AbortController()
    const {signal} = ended
    const card = lensmith.createCardFrame(page, start, signal, () => dismiss())
    const {holder, root, frame} = card
    const onPage = (/** @type {Box[]} */ boxes) => boxesOnPage(windows, boxes)
    const layout = lensmith.createCardLayout(page, card, {
      docked,
      direction: selected.direction,
      textBox: () => /** @type {Box} */ (onPage([selected.box()])[0]),
    })
    const highlight = lensmith.createTextHighlight(page, root, {
      boxesOf: (from, to) => onPage(selected.boxesOf(from, to)),
      elementAt: selected.elementAt,
    })
    let drawing = 0
    let loadedAt = Infinity
    frame.addEventListener('load', () => (loadedAt = performance.now()), {once: true})

    ;(dialog ?? document.fullscreenElement ?? document.documentElement).append(holder)
    holder.showPopover?.()
    layout.lay()
    if (!frame.getClientRects().length) {
      // a page that shows nothing of its own, like a frameset
      holder.remove()
      return false
    }
    lensmith.watchForClosing({windows, holder, dialog, before, signal, dismiss, layLater})
    chrome.runtime.onMessage.addListener(receive)
    if (start.keyboard) takeFocus(frame, signal)
    return true

    /**
     * @param {import('../../shared/messages.js').CardHostRequest} message
     * @param {chrome.runtime.MessageSender} _sender
     * @param {(value: boolean) => void} answer
     */
    function receive(message, _sender, answer) {
      // Two presses without a pause: the later card stays, whichever is announced last.
      if (message?.kind === 'replaced' && !(message.order <= start.order)) dismiss()
      if (message?.id !== start.id) return
      if (message.kind === 'is_blank') answer(isBlank(page, holder, loadedAt))
      else if (message.kind === 'resize') layout.resize(message.height)
      else if (message.kind === 'grab') layout.grab()
      else if (message.kind === 'move') layout.move(message)
      else if (message.kind === 'highlight') highlight.show(message)
      else if (message.kind === 'theme') card.setTheme(message.theme)
      else if (message.kind === 'dismiss') {
        dismiss()
        answer(true)
      }
    }

    function dismiss() {
      chrome.runtime?.onMessage.removeListener(receive)
      if (signal.aborted) return
      ended.abort()
      cancelAnimationFrame(drawing)
      const focused = document.activeElement === holder || holder.matches(':focus-within')
      holder.remove()
      if (focused && before?.isConnected)
        /** @type {HTMLElement} */ (before).focus?.({preventScroll: true})
    }

    function layLater() {
      cancelAnimationFrame(drawing)
      drawing = requestAnimationFrame(() => {
        if (!holder.isConnected) return ended.abort() // the page removed it, which is asked for yet
        layout.lay()
        highlight.draw()
      })
    }
  }

  /**
   * Whether the user sees nothing of the card: the page removed or moved it, or its sandbox holds
   * for the frame as well, which may run no script then.
   * @param {Window & typeof globalThis} page
   * @param {HTMLElement} holder
   * @param {number} loadedAt
   */
  function isBlank(page, holder, loadedAt) {
    if (!holder.isConnected) return true
    // Moved, it has left the top layer, and is not drawn.
    if ('showPopover' in holder && !holder.matches(':popover-open')) return true
    return isSandboxed(page) && performance.now() - loadedAt > ASKED_AFTER_MS
  }

  /** @param {HTMLIFrameElement} frame @param {AbortSignal} signal */
  function takeFocus(frame, signal) {
    frame.focus()
    // Workaround: when the page is loaded, the frame is in another process. Chromium gives that the
    // focus only if the frame did not have it. Seen in Chromium 156; no report was found. It may go
    // when test_accessibility.py passes without it.
    frame.addEventListener(
      'load',
      () => {
        frame.blur()
        frame.focus()
      },
      {once: true, signal},
    )
  }
})()
