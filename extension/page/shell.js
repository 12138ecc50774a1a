// Runs inside the web page: reads the selected text and places the card's frame beside it. A classic script, injected for one click.
// It lives beside hostile code: it sends nothing to the page and never sees a result. Its value goes to the background.

(() => {
  const WIDTH = 340
  const WAITING_HEIGHT = 120
  const MARGIN = 8

  const id = randomId()
  const text = selectedText()
  const anchor = selectionBox()
  // The extension's own global object: the page does not see it.
  const world = /** @type {{lensmithDismiss?: () => void}} */ (globalThis)
  world.lensmithDismiss?.() // a second card replaces the first

  const holder = document.createElement('div')
  holder.style.cssText = 'all: initial !important'
  const frame = document.createElement('iframe')
  frame.src = `${chrome.runtime.getURL('surfaces/card/card.html')}#${id}`
  frame.style.cssText = `all: initial; position: fixed; z-index: 2147483647; width: ${WIDTH}px; max-width: calc(100vw - ${2 * MARGIN}px);
    border: 0; border-radius: 12px; box-shadow: 0 0 0 1px #8884, 0 6px 24px #0005; color-scheme: light dark`
  place(WAITING_HEIGHT)
  holder.attachShadow({mode: 'closed'}).append(frame)
  document.documentElement.append(holder)

  const dismissal = new AbortController()
  const dismiss = () => {
    dismissal.abort()
    chrome.runtime.onMessage.removeListener(receive)
    holder.remove()
  }
  world.lensmithDismiss = dismiss
  const options = {capture: true, signal: dismissal.signal}
  addEventListener('keydown', (event) => { if (event.key === 'Escape') dismiss() }, options)
  addEventListener('pointerdown', (event) => { if (event.button === 0 && !event.composedPath().includes(holder)) dismiss() }, options)
  chrome.runtime.onMessage.addListener(receive)
  return {id, text}

  /** @param {import('../shared/messages.js').ShellRequest} message */
  function receive(message) {
    if (message?.id !== id) return
    if (message.kind === 'resize') place(message.height)
    if (message.kind === 'dismiss') dismiss()
  }

  /** Under the selection if there is room, else above it, always inside the viewport. @param {number} height */
  function place(height) {
    const {innerWidth, innerHeight} = window
    const below = anchor.bottom + MARGIN
    const above = anchor.top - MARGIN - height
    const top = below + height <= innerHeight - MARGIN || above < MARGIN ? below : above
    frame.style.height = `${height}px`
    frame.style.top = `${clamp(top, innerHeight - height)}px`
    frame.style.left = `${clamp(anchor.left, innerWidth - WIDTH)}px`
  }

  /** @param {number} value @param {number} most */
  function clamp(value, most) {
    return Math.max(MARGIN, Math.min(value, most - MARGIN))
  }

  /** @returns {string} */
  function selectedText() {
    const field = document.activeElement
    if (field instanceof HTMLTextAreaElement || (field instanceof HTMLInputElement && field.type !== 'password')) {
      const {selectionStart, selectionEnd, value} = field // null for inputs that hold no text
      if (selectionStart !== null && selectionEnd !== null && selectionEnd > selectionStart) return value.slice(selectionStart, selectionEnd)
    }
    return String(getSelection() ?? '')
  }

  function selectionBox() {
    const selection = getSelection()
    const box = selection?.rangeCount ? selection.getRangeAt(0).getBoundingClientRect() : null
    if (box && (box.width || box.height)) return box
    return document.activeElement?.getBoundingClientRect() ?? new DOMRect()
  }

  // A classic script cannot import shared/ids.js.
  function randomId() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
  }
})()
