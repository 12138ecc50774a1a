// What closes the card, and what moves the text beside it. Only events that a person caused count.

var lensmith = lensmith || {}

/**
 * @param {object} parts
 * @param {(Window & typeof globalThis)[]} parts.windows
 * @param {HTMLElement} parts.holder
 * @param {HTMLDialogElement | null} parts.dialog  That the card is in.
 * @param {Element | null} parts.before  What had the focus.
 * @param {AbortSignal} parts.signal
 * @param {() => void} parts.dismiss
 * @param {() => void} parts.layLater
 */
lensmith.watchForClosing = ({windows, holder, dialog, before, signal, dismiss, layLater}) => {
  const page = /** @type {Window & typeof globalThis} */ (windows.at(-1))
  const {document} = page
  const options = {capture: true, passive: true, signal}

  for (const each of windows) {
    each.addEventListener('keydown', dismissOnEscape, {...options, passive: false})
    each.addEventListener('pointerdown', dismissOnClick, options)
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
    page.visualViewport?.addEventListener(name, layLater, {signal})
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
  signal.addEventListener('abort', () => sizes.disconnect())

  /** @param {KeyboardEvent} event */
  function dismissOnEscape(event) {
    if (event.key !== 'Escape' || !event.isTrusted || event.isComposing) return
    event.preventDefault() // the dialog around the card stays open
    event.stopImmediatePropagation()
    dismiss()
  }

  /** @param {PointerEvent} event */
  function dismissOnClick(event) {
    if (event.isTrusted && event.button === 0 && !event.composedPath().includes(holder)) dismiss()
  }

  function dismissIfFocusWent() {
    const now = document.activeElement
    // In the frames around the text the clicks themselves are seen; their focus may come late, from
    // a card that was replaced.
    if (now === holder || now === before || windows.some(({frameElement}) => frameElement === now))
      return
    if (now?.localName === 'iframe' || now?.localName === 'frame') dismiss()
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
}
