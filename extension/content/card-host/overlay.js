// Runs inside the web page for one click: reads the selected text, places the card's frame beside
// it, and keeps it there. It lives beside hostile code: it sends nothing to the page, never sees a
// result, and takes only events that a person caused.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.openCard = (() => {
  const {hosts, positioning, windows} = lensmith
  const WIDTH = 340
  const WAITING_HEIGHT = 120
  /** The side is chosen for a card with its result, so that it need not change sides for that. */
  const EXPECTED_HEIGHT = 320
  /** The page can find out how tall the frame is; in these steps that tells little of its content. */
  const HEIGHT_STEP = 16
  /** After its page said its first word, the frame has been painted by then. */
  const PAINTED_AFTER_MS = 1000
  const EDGES = /** @type {const} */ (['left', 'top', 'width', 'height'])

  class Overlay {
    /**
     * @param {import('../../shared/messages.js').ShellStart} start @param {Selected} selected
     * @param {(Window & typeof globalThis)[]} around  The windows from the selection's to the page.
     * @param {boolean} docked  Whether it stands in a corner, without a place on the page.
     */
    constructor({id, theme}, selected, around, docked) {
      this.id = id
      this.selected = selected
      this.around = around
      this.docked = docked
      this.page = around[around.length - 1]
      this.document = this.page.document
      this.before = this.document.activeElement
      this.evicted = false // the page took it out of its document
      this.height = WAITING_HEIGHT
      /** @type {Side | null} */ this.side = null
      /** Where the user put it. @type {Box | null} */ this.dragged = null
      /** @type {Box | null} */ this.grabbed = null
      this.drawing = 0
      this.ended = new AbortController()
      const {host, root, frame, waiting} = lensmith.createOverlayFrame(this.page, id, theme)
      this.host = host
      this.frame = frame
      this.waiting = waiting
      this.highlight = lensmith.createHighlight(root, selected, around)
      const from =
        this.page === selected.window ? selected.element : around[around.length - 2].frameElement
      this.dialog = windows.modalDialog(from, this.document)
      hosts.claim(host, frame, 'card', this.ended.signal)
      this.receive = this.receive.bind(this)
      this.placeLater = this.placeLater.bind(this)
    }

    /** Whether it is there then: a page may show nothing of its own, like a frameset. */
    open() {
      const {document, dialog, host, frame} = this
      ;(dialog ?? document.fullscreenElement ?? document.documentElement).append(host)
      host.showPopover?.()
      this.place()
      if (frame.getClientRects().length) return true
      this.ended.abort()
      host.remove()
      return false
    }

    listen() {
      const {document, page, dialog, ended} = this
      const options = {capture: true, passive: true, signal: ended.signal}
      for (const each of this.around) this.listenIn(each, options)
      // A click into a frame of another site is seen only by the focus that it takes.
      listenTrusted(page, 'blur', () => setTimeout(() => this.dismissIfFocusWent()), options)
      for (const name of ['scroll', 'resize'])
        page.visualViewport?.addEventListener(name, this.placeLater, {signal: ended.signal})
      document.addEventListener('fullscreenchange', () => this.followFullScreen(), options)
      const dismissWithDialog = () => dialog?.open || this.dismiss()
      dialog?.addEventListener('close', dismissWithDialog, options)
      const sizes = new ResizeObserver(this.placeLater)
      sizes.observe(document.documentElement)
      const removals = new MutationObserver(() => this.noticeEviction())
      removals.observe(/** @type {Node} */ (this.host.parentNode), {childList: true})
      ended.signal.addEventListener('abort', () => {
        sizes.disconnect()
        removals.disconnect()
      })
      hosts.onOrphaned(ended.signal, () => this.dismiss())
      chrome.runtime.onMessage.addListener(this.receive)
    }

    /** @param {Window} window @param {AddEventListenerOptions} options */
    listenIn(window, options) {
      window.addEventListener('keydown', (event) => this.closeOnEscape(event), {
        ...options,
        passive: false,
      })
      const dismissOutside = (/** @type {Event} */ event) => {
        const {button} = /** @type {PointerEvent} */ (event)
        if (button === 0 && !event.composedPath().includes(this.host)) this.dismiss()
      }
      listenTrusted(window, 'pointerdown', dismissOutside, options)
      window.addEventListener('scroll', this.placeLater, options)
      window.addEventListener('resize', this.placeLater, options)
      listenTrusted(window, 'pagehide', () => this.dismiss(), options)
    }

    /** @param {KeyboardEvent} event */
    closeOnEscape(event) {
      if (event.key !== 'Escape' || !event.isTrusted || event.isComposing) return
      event.preventDefault() // the dialog around the card stays open
      event.stopImmediatePropagation()
      this.dismiss()
    }

    /**
     * @param {import('../../shared/messages.js').ShellRequest} message
     * @param {chrome.runtime.MessageSender} _sender @param {(value: boolean) => void} answer
     */
    receive(message, _sender, answer) {
      if (message?.kind === 'replaced' && message.id !== this.id) this.dismiss()
      if (message?.id !== this.id) return
      if (message.kind === 'resize') {
        this.height = Math.ceil(message.height / HEIGHT_STEP) * HEIGHT_STEP
        this.place()
        setTimeout(() => this.waiting.remove(), PAINTED_AFTER_MS)
      } else if (message.kind === 'grab') {
        this.grabbed = this.frame.getBoundingClientRect()
      } else if (message.kind === 'move') {
        if (!this.grabbed) return
        const {left, top, width, height} = this.grabbed
        this.dragged = {left: left + message.x, top: top + message.y, width, height}
        this.place()
      } else if (message.kind === 'highlight') this.highlight.show(message)
      else if (message.kind === 'evicted') answer(this.evicted)
      else if (message.kind === 'dismiss') {
        this.dismiss()
        answer(true)
      }
    }

    dismiss() {
      if (!this.ended.signal.aborted) this.end()
      chrome.runtime?.onMessage?.removeListener(this.receive)
    }

    end() {
      const {before, host} = this
      this.ended.abort()
      cancelAnimationFrame(this.drawing)
      const focused = this.document.activeElement === host || host.matches(':focus-within')
      host.remove()
      if (focused && before?.isConnected)
        /** @type {HTMLElement} */ (before).focus?.({preventScroll: true})
    }

    /** The background is told when it asks, and opens a window instead. */
    noticeEviction() {
      if (this.host.isConnected || this.ended.signal.aborted) return
      this.evicted = true
      this.end()
    }

    dismissIfFocusWent() {
      const now = this.document.activeElement
      // In the frames around the text the clicks themselves are seen; their focus may come late,
      // from a card that was replaced.
      if (now === this.host || now === this.before) return
      if (this.around.some(({frameElement}) => frameElement === now)) return
      if (now?.localName === 'iframe' || now?.localName === 'frame') this.dismiss()
    }

    takeFocus() {
      const {frame} = this
      frame.focus()
      // The page in the frame is another one by then, in another process: Chromium hands the focus
      // on only if the frame did not have it.
      const focusAgain = () => {
        frame.blur()
        frame.focus()
      }
      frame.addEventListener('load', focusAgain, {once: true, signal: this.ended.signal})
    }

    /** What enters the top layer later lies above, and makes all around it inert. */
    followFullScreen() {
      const {document, host} = this
      if (document.fullscreenElement && !document.fullscreenElement.contains(host)) {
        this.dismiss()
        return
      }
      host.hidePopover?.()
      host.showPopover?.()
      this.placeLater()
    }

    placeLater() {
      cancelAnimationFrame(this.drawing)
      this.drawing = requestAnimationFrame(() => {
        this.place()
        this.highlight.draw()
      })
    }

    place() {
      if (!this.host.isConnected) {
        this.noticeEviction()
        return
      }
      const {docked, dragged, height} = this
      const viewport = windows.viewportOf(this.page)
      const rightToLeft = this.selected.direction === 'rtl'
      const corner = positioning.corner(viewport, WIDTH, height, rightToLeft)
      if (dragged) {
        const {width, height: most} = corner
        this.put(positioning.inside({...dragged, width, height: most}, viewport))
      } else if (docked) this.put(corner)
      else {
        const [text] = windows.boxesInLast(this.around, [this.selected.box()])
        const wanted = {text, viewport, width: WIDTH, rightToLeft}
        const expected = Math.max(height, EXPECTED_HEIGHT)
        this.side = positioning.beside({...wanted, height: expected, side: this.side}).side
        this.put(positioning.beside({...wanted, height, side: this.side}).box)
      }
    }

    /** @param {Box} box */
    put(box) {
      for (const {style} of [this.waiting, this.frame]) {
        // a style of the page may zoom all that stands in it
        style.zoom = String(1 / (this.host.currentCSSZoom ?? 1))
        for (const edge of EDGES) style[edge] = `${box[edge]}px`
      }
    }
  }

  /**
   * @param {EventTarget} target @param {string} kind @param {(event: Event) => void} act
   * @param {AddEventListenerOptions} options
   */
  function listenTrusted(target, kind, act, options) {
    const listener = (/** @type {Event} */ event) => {
      if (event.isTrusted) act(event)
    }
    target.addEventListener(kind, listener, options)
  }

  /** @type {Lensmith['openCard']} */
  return async (start) => {
    const selected = lensmith.selection.read(window)
    const {text, closed, secret, language, direction, places} = selected
    const around = windows.upFrom(selected.window)
    const page = around[around.length - 1]
    // what cannot be looked into has no place on this page
    const docked = start.corner || closed !== null
    const found = {text, docked, closed, secret, language, direction, places}
    if (!windows.takesFrames(page)) return {...found, placed: false}
    hosts.removeLeftovers(page.document, 'card')
    const overlay = new Overlay(start, selected, around, docked)
    if (!overlay.open()) return {...found, placed: false}
    overlay.listen()
    if (start.keyboard) overlay.takeFocus()
    // A page that watches for new elements has removed it by then.
    await new Promise((resolve) => setTimeout(resolve))
    if (overlay.evicted) overlay.dismiss()
    return {...found, placed: !overlay.evicted}
  }
})()
