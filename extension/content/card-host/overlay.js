// Runs inside the web page for one click: reads the selected text, places the card's frame beside
// it, lights up what the card points at. It lives beside hostile code: it sends nothing to the
// page, never sees a result, and takes only events that a person caused.

/* exported lensmithOpenCard */
/* global lensmithPlacing, lensmithSelection */

/**
 * @param {import('../../shared/messages.js').CardHostStart} start
 * @returns {import('../../shared/messages.js').Opened}
 */
function lensmithOpenCard({id, corner, keyboard, theme}) {
  const WIDTH = 340
  const WAITING_HEIGHT = 120
  /**
   * The side is chosen for a card with its result, so that it need not change sides when that
   * comes.
   */
  const EXPECTED_HEIGHT = 320
  /**
   * The page can find out how tall the frame is; in these steps that tells little of what stands in
   * it.
   */
  const HEIGHT_STEP = 16
  /** Colours of ui/lib/base.css, for what is to be seen until the frame's own page is. */
  const LOOKS = {
    light: {ground: '#ffffff', line: '#e2e4e9', accent: '#3454b4'},
    dark: {ground: '#1c1d21', line: '#3a3d44', accent: '#9db4ff'},
  }
  /** After its page said its first word, the frame has been painted by then. */
  const PAINTED_AFTER_MS = 1000
  const FILLED = /^(iframe|frame|video|img|canvas|object|embed)$/
  const HTML = 'http://www.w3.org/1999/xhtml'

  const selected = lensmithSelection.read(window)
  const {text, closed, secret, language, direction, places} = selected
  const windows = windowsUpFrom(selected.window) // a card inside a small frame would have no room
  const page = windows[windows.length - 1]
  const docked = corner || closed !== null // what cannot be looked into has no place on this page
  const found = {text, docked, closed, secret, language, direction, places}
  const full = page.document.fullscreenElement
  const isWhole = page === page.top || isFullScreen(page)
  if (!isWhole || page.document.documentElement.namespaceURI !== HTML || makesFramesForeign())
    return {...found, placed: false}
  // nothing can stand in it, and all around it is inert
  if (full && FILLED.test(full.localName)) return {...found, placed: false}

  const {document} = page
  const before = document.activeElement
  const dialog = modalDialog()
  const holder = document.createElement('div')
  holder.popover = 'manual' // in the top layer: above dialogs and full screen, free of the page's stacking and transforms
  const root = holder.attachShadow({mode: 'closed'})
  const {ground, line, accent} =
    LOOKS[
      theme === 'system'
        ? matchMedia('(prefers-color-scheme: dark)').matches
          ? 'dark'
          : 'light'
        : theme
    ]
  const sheet = new page.CSSStyleSheet() // a style element would be subject to the page's policy
  sheet.replaceSync(`
    :host { all: initial !important; position: fixed !important; inset: 0 auto auto 0 !important }
    :host::backdrop { display: none !important }
    @media print { :host { display: none !important } }
    iframe, .waiting { all: initial; position: fixed; border-radius: 12px }
    /* Where the system forces its colours, the shadow goes and the outline shows. */
    iframe { box-shadow: 0 0 0 1px #8884, 0 6px 24px #0005; outline: 1px solid transparent; color-scheme: light dark }
    .waiting { background: ${ground} }
    .waiting::before {
      content: ''; position: absolute; inset-block-start: 48px; inset-inline-start: 16px; box-sizing: border-box; width: 16px; height: 16px;
      border: 2px solid ${line}; border-top-color: ${accent}; border-radius: 50%; animation: turn 0.8s linear infinite
    }
    .waiting::after { content: ''; position: absolute; inset: 72px 16px auto; height: 4px; border-radius: 2px; background: ${line} }
    @keyframes turn { to { transform: rotate(1turn) } }
    @media (prefers-reduced-motion: reduce) { .waiting::before { animation-duration: 4s } }
    .light { position: fixed; inset: 0; overflow: hidden; pointer-events: none }
    .light div {
      position: fixed; box-sizing: border-box; border-bottom: 2px solid; border-radius: 2px; forced-color-adjust: none;
      background: color-mix(in srgb, currentColor 30%, transparent)
    }`)
  root.adoptedStyleSheets = [sheet]
  const frame = document.createElement('iframe')
  frame.title = chrome.i18n.getMessage('name')
  frame.allow = 'clipboard-write'
  frame.src = `${chrome.runtime.getURL('ui/card/card.html')}#${id}`
  // The browser needs a tenth of a second and more for the frame's page. Until then, its waiting
  // state is drawn beneath it, without a word, which the page could find.
  const waiting = document.createElement('div')
  waiting.className = 'waiting'
  waiting.dir = chrome.i18n.getMessage('ui_direction')
  const light = document.createElement('div')
  light.className = 'light'

  let height = WAITING_HEIGHT
  /** @type {Side | null} */ let side = null
  /** Where the reader put it. @type {Box | null} */ let dragged = null
  /** @type {Box | null} */ let grabbed = null
  /** @type {{start: number, end: number, colour: string} | null} */ let lit = null
  let drawing = 0

  const ended = new AbortController()

  root.append(waiting, frame)
  ;(dialog ?? full ?? document.documentElement).append(holder)
  holder.showPopover?.()
  lay()
  if (!frame.getClientRects().length) {
    // a page that shows nothing of its own, like a frameset
    holder.remove()
    return {...found, placed: false}
  }
  listen()
  if (keyboard) takeFocus()
  return {...found, placed: true}

  /**
   * Firefox gives the page's sandbox to every frame in it, which has no functions of the extension
   * then.
   */
  function makesFramesForeign() {
    return (
      page.origin === 'null' &&
      page.location.protocol !== 'file:' &&
      chrome.runtime.getURL('').startsWith('moz-')
    )
  }

  function listen() {
    const options = {capture: true, passive: true, signal: ended.signal}
    for (const each of windows) {
      each.addEventListener(
        'keydown',
        (event) => {
          if (event.key !== 'Escape' || !event.isTrusted || event.isComposing) return
          event.preventDefault() // the dialog around the card stays open
          event.stopImmediatePropagation()
          dismiss()
        },
        {...options, passive: false},
      )
      each.addEventListener(
        'pointerdown',
        (event) => {
          if (event.isTrusted && event.button === 0 && !event.composedPath().includes(holder))
            dismiss()
        },
        options,
      )
      each.addEventListener('scroll', layLater, options)
      each.addEventListener('resize', layLater, options)
      each.addEventListener(
        'pagehide',
        (event) => {
          if (event.isTrusted) dismiss()
        },
        options,
      )
    }
    // A click into a frame of another site is seen only by the focus that it takes.
    page.addEventListener(
      'blur',
      (event) => {
        if (event.isTrusted) setTimeout(dismissIfFocusWent)
      },
      options,
    )
    for (const name of ['scroll', 'resize'])
      page.visualViewport?.addEventListener(name, layLater, {signal: ended.signal})
    document.addEventListener('fullscreenchange', followFullScreen, options)
    dialog?.addEventListener(
      'close',
      () => {
        if (!dialog.open) dismiss()
      },
      options,
    )
    const sizes = new ResizeObserver(layLater)
    sizes.observe(document.documentElement)
    ended.signal.addEventListener('abort', () => sizes.disconnect())
    chrome.runtime.onMessage.addListener(receive)
  }

  /**
   * @param {import('../../shared/messages.js').CardHostRequest} message
   * @param {chrome.runtime.MessageSender} _sender
   * @param {(value: boolean) => void} answer
   */
  function receive(message, _sender, answer) {
    if (message?.kind === 'replaced' && message.id !== id) dismiss()
    if (message?.id !== id) return
    if (message.kind === 'resize') {
      height = Math.ceil(message.height / HEIGHT_STEP) * HEIGHT_STEP
      lay()
      setTimeout(() => waiting.remove(), PAINTED_AFTER_MS)
    } else if (message.kind === 'grab') {
      grabbed = boxOfFrame()
    } else if (message.kind === 'move') {
      if (!grabbed) return
      dragged = {...grabbed, left: grabbed.left + message.x, top: grabbed.top + message.y}
      lay()
    } else if (message.kind === 'highlight') {
      lit = message.end > message.start && /^#[0-9a-f]{6}$/i.test(message.colour) ? message : null
      if (lit && message.reveal) reveal(lit)
      drawLight()
    } else if (message.kind === 'dismiss') {
      dismiss()
      answer(true)
    }
  }

  function dismiss() {
    if (ended.signal.aborted) return
    ended.abort()
    cancelAnimationFrame(drawing)
    const focused = document.activeElement === holder || holder.matches(':focus-within')
    holder.remove()
    if (focused && before?.isConnected)
      /** @type {HTMLElement} */ (before).focus?.({preventScroll: true})
    chrome.runtime.onMessage.removeListener(receive)
  }

  function dismissIfFocusWent() {
    const now = document.activeElement
    // In the frames around the text the clicks themselves are seen; their focus may come late, from
    // a card that was replaced.
    if (now === holder || now === before || windows.some(({frameElement}) => frameElement === now))
      return
    if (now?.localName === 'iframe' || now?.localName === 'frame') dismiss()
  }

  function takeFocus() {
    frame.focus()
    // The page in the frame is another one by then, in another process: Chromium hands the focus on
    // only if the frame did not have it.
    frame.addEventListener(
      'load',
      () => {
        frame.blur()
        frame.focus()
      },
      {once: true, signal: ended.signal},
    )
  }

  /** What enters the top layer later lies above, and makes all around it inert. */
  function followFullScreen() {
    if (document.fullscreenElement && !document.fullscreenElement.contains(holder)) {
      dismiss()
      return
    }
    holder.hidePopover?.()
    holder.showPopover?.()
    layLater()
  }

  function layLater() {
    cancelAnimationFrame(drawing)
    drawing = requestAnimationFrame(() => {
      lay()
      drawLight()
    })
  }

  function lay() {
    if (!holder.isConnected) {
      // the page removed it
      if (!ended.signal.aborted) dismiss()
      return
    }
    const viewport = viewportBox()
    const rightToLeft = direction === 'rtl'
    if (dragged) {
      put(lensmithPlacing.inside({...dragged, ...fitting(viewport)}, viewport))
    } else if (docked) {
      put(lensmithPlacing.corner(viewport, WIDTH, height, rightToLeft))
    } else {
      const wanted = {text: onPage([selected.box()])[0], viewport, width: WIDTH, rightToLeft}
      side = lensmithPlacing.beside({
        ...wanted,
        height: Math.max(height, EXPECTED_HEIGHT),
        side,
      }).side
      put(lensmithPlacing.beside({...wanted, height, side}).box)
    }
  }

  /** @param {Box} viewport */
  function fitting(viewport) {
    const {width, height: most} = lensmithPlacing.corner(viewport, WIDTH, height, false)
    return {width, height: most}
  }

  /** @param {Box} box */
  function put(box) {
    for (const {style} of [waiting, frame]) {
      // a style of the page may zoom all that stands in it
      style.zoom = String(1 / (holder.currentCSSZoom ?? 1))
      for (const name of /** @type {const} */ (['left', 'top', 'width', 'height']))
        style[name] = `${box[name]}px`
    }
  }

  function boxOfFrame() {
    return frame.getBoundingClientRect()
  }

  /**
   * What the reader sees of the page: less than its window where they zoomed in with two fingers.
   * @returns {Box}
   */
  function viewportBox() {
    const {visualViewport} = page
    if (visualViewport) {
      const {offsetLeft: left, offsetTop: top, width, height} = visualViewport
      return {left, top, width, height}
    }
    return {left: 0, top: 0, width: page.innerWidth, height: page.innerHeight}
  }

  /**
   * Boxes of the selection's window, as the top page sees them.
   * @param {Box[]} boxes
   * @returns {Box[]}
   */
  function onPage(boxes) {
    return windows.slice(0, -1).reduce((moved, each) => {
      const element = /** @type {HTMLElement} */ (each.frameElement)
      const outer = element.getBoundingClientRect()
      const {paddingLeft, paddingTop} = getComputedStyle(element)
      const [left, top] = [
        outer.left + element.clientLeft + parseFloat(paddingLeft),
        outer.top + element.clientTop + parseFloat(paddingTop),
      ]
      return moved.map((box) => ({...box, left: box.left + left, top: box.top + top}))
    }, boxes)
  }

  function drawLight() {
    const boxes = lit ? onPage(selected.boxesOf(lit.start, lit.end)) : []
    light.replaceChildren(
      ...boxes.map((box) => {
        const mark = document.createElement('div')
        mark.style.color = lit?.colour ?? ''
        for (const name of /** @type {const} */ (['left', 'top', 'width', 'height']))
          mark.style[name] = `${box[name]}px`
        return mark
      }),
    )
    // It covers the whole page: else a page that asks what is covered (trackVisibility of
    // IntersectionObserver) would learn the place.
    if (lit) root.prepend(light)
    else light.remove()
  }

  /** @param {{start: number, end: number}} part */
  function reveal({start, end}) {
    const viewport = viewportBox()
    const isSeen = () =>
      onPage(selected.boxesOf(start, end)).some((box) => lensmithPlacing.overlap(box, viewport))
    if (!isSeen()) selected.elementAt(start)?.scrollIntoView({block: 'center'})
    if (isSeen()) return
    const [first] = onPage(selected.boxesOf(start, end)) // an element taller than the viewport
    if (first) page.scrollBy(0, first.top - viewport.height / 2)
  }

  /**
   * The dialog that keeps the rest of the page inert: what stands outside of it could not be
   * clicked.
   * @returns {HTMLDialogElement | null}
   */
  function modalDialog() {
    for (
      let node = /** @type {Node | null} */ (
        page === selected.window ? selected.element : windows[windows.length - 2].frameElement
      );
      node;
    ) {
      const around = /** @type {Element | undefined} */ (
        node.nodeType === Node.ELEMENT_NODE ? node : undefined
      )?.closest('dialog:modal')
      if (around) return /** @type {HTMLDialogElement} */ (around)
      node = /** @type {ShadowRoot} */ (node.getRootNode()).host ?? null
    }
    return (
      Array.from(
        /** @type {NodeListOf<HTMLDialogElement>} */ (document.querySelectorAll('dialog:modal')),
      ).at(-1) ?? null
    )
  }

  /**
   * A window and those around it, as far as scripts of this page reach and the reader sees: what is
   * around a frame in full screen is inert.
   * @param {Window} first
   */
  function windowsUpFrom(first) {
    /** @type {(Window & typeof globalThis)[]} */ const reached = [
      /** @type {Window & typeof globalThis} */ (first),
    ]
    for (let each = first; each.frameElement && !isFullScreen(each); each = each.parent) {
      reached.push(/** @type {Window & typeof globalThis} */ (each.parent))
    }
    return reached
  }

  /** Whether a frame is what fills the screen. @param {Window} window */
  function isFullScreen({frameElement}) {
    return frameElement !== null && frameElement === frameElement.ownerDocument.fullscreenElement
  }
}
