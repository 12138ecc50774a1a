// Runs inside the web page: shows the floating panel, an extension page in a frame, and gives the
// view to it. Injected after the scripts of the view. Its value, for the background: whether the
// panel could be shown.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

;(() => {
  const WIDTH = 312
  const FIRST_HEIGHT = 120
  const MARGIN = 12
  // the page can find out how tall the frame is; in these steps that tells little of its content
  const HEIGHT_STEP = 16
  // Where the page's own policy keeps frames out (COEP in some versions), the panel never answers.
  const PATIENCE_MS = 15_000 // a busy device may need seconds for the panel's process

  // A frame in a sandboxed page has no origin of its own, so nothing that is meant for ours alone
  // can be sent to it.
  const takesPanel = !(window.origin === 'null' && location.protocol !== 'file:')
  return (
    takesPanel && new Promise((resolve) => lensmith.startView((root) => openPanel(root, resolve)))
  )

  /** @param {ShadowRoot} root @param {(shown: boolean) => void} resolve @returns {OwnerLink} */
  function openPanel(root, resolve) {
    const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('')
    const {port1, port2} = new MessageChannel()
    const {holder, frame} = createFrame(id)
    // The page knows neither the frame nor the id by which the panel tells our message from one of
    // the page's.
    const handOver = () =>
      frame.contentWindow?.postMessage({id}, new URL(chrome.runtime.getURL('')).origin, [port2])
    frame.addEventListener('load', handOver, {once: true})
    root.append(holder)
    const ended = new AbortController()
    keepOnTop(holder, ended.signal)
    const patience = setTimeout(() => lensmith.endView(), PATIENCE_MS)

    return {
      send: (report) => port1.postMessage(report),
      receive(take) {
        port1.onmessage = ({data}) => {
          clearTimeout(patience)
          resolve(true)
          if (data.kind === 'resize')
            frame.style.height = `${Math.ceil(data.height / HEIGHT_STEP) * HEIGHT_STEP}px`
          else take(data)
        }
      },
      // Before the panel has answered: it did not come, or the page threw it out.
      close() {
        clearTimeout(patience)
        ended.abort()
        resolve(false)
        port1.close()
      },
    }
  }

  /** @param {string} id */
  function createFrame(id) {
    const holder = document.createElement('div')
    holder.popover = 'manual' // in the top layer: above the page's own, free of its transforms
    holder.style.cssText = `all: initial; position: fixed; inset: auto ${2 * MARGIN}px ${MARGIN}px auto; z-index: 2147483647`
    const frame = document.createElement('iframe')
    frame.src = `${chrome.runtime.getURL('ui/page-panel/page-panel.html')}#${id}`
    frame.title = chrome.i18n.getMessage('name')
    // Where the system forces its colours, the shadow goes and the outline shows.
    frame.style.cssText = `all: initial; display: block; width: ${WIDTH}px; max-width: calc(100vw - ${2 * MARGIN}px);
      height: ${FIRST_HEIGHT}px; max-height: calc(100vh - ${2 * MARGIN}px); border: 0; border-radius: 14px;
      box-shadow: 0 0 0 1px #8884, 0 6px 28px #0006; outline: 1px solid transparent; color-scheme: light dark`
    holder.append(frame)
    return {holder, frame}
  }

  /** Show it, and again when the page shows something above it. */
  function keepOnTop(/** @type {HTMLElement} */ holder, /** @type {AbortSignal} */ signal) {
    const raise = () => {
      holder.hidePopover()
      holder.showPopover()
    }
    holder.showPopover()
    const options = {capture: true, signal}
    addEventListener(
      'toggle',
      ({target, isTrusted}) => {
        if (isTrusted && /** @type {Element} */ (target).matches?.(':popover-open, dialog')) raise()
      },
      options,
    )
    addEventListener('fullscreenchange', raise, options)
  }
})()
