// Runs inside the web page: shows the docked panel, an extension page in a frame, and gives the
// view to it. A classic script, injected after those of PAGE_SCRIPTS. It reports to the background
// whether the panel could be shown.

var lensmith = lensmith || {}

;(() => {
  const WIDTH = 312
  const FIRST_HEIGHT = 120
  const MARGIN = 12
  // The page can find out how tall the frame is; in these steps that tells little of its content.
  const HEIGHT_STEP = 16
  // Where the page's own policy keeps frames out (COEP in some versions, a sandbox), the panel
  // never answers.
  const ANSWER_TIMEOUT_MS = 15_000 // a busy device may need seconds for the panel's process

  /** @type {boolean | null} */ let placed = null
  chrome.runtime.onMessage.addListener(answerThatItStands)
  if (lensmith.view.canBePainted()) lensmith.view.start(dock)
  else report(false)

  /** @param {HTMLElement} root @returns {import('../../shared/page-view.js').OwnerLink} */
  function dock(root) {
    const id = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
      byte.toString(16).padStart(2, '0'),
    ).join('')
    const {port1, port2} = new MessageChannel()
    const frame = document.createElement('iframe')
    frame.src = `${chrome.runtime.getURL('ui/page-panel/page-panel.html')}#${id}`
    frame.title = chrome.i18n.getMessage('name')
    // Where the system forces its colours, the shadow goes and the outline shows.
    frame.style.cssText = `all: initial; visibility: inherit; position: fixed; z-index: 2147483647; right: ${2 * MARGIN}px; bottom: ${MARGIN}px; width: ${WIDTH}px;
    max-width: calc(100vw - ${2 * MARGIN}px); height: ${FIRST_HEIGHT}px; max-height: calc(100vh - ${2 * MARGIN}px); border: 0;
    border-radius: 14px; box-shadow: 0 0 0 1px #8884, 0 6px 28px #0006; outline: 1px solid transparent; color-scheme: light dark`
    // The page knows neither the frame nor the id by which the panel tells our message from one
    // of the page's.
    frame.addEventListener(
      'load',
      () => {
        frame.contentWindow?.postMessage({id}, new URL(chrome.runtime.getURL('')).origin, [port2])
      },
      {once: true},
    )
    root.append(frame)
    const patience = setTimeout(() => {
      report(false)
      lensmith.view.end()
    }, ANSWER_TIMEOUT_MS)

    return {
      send: (report) => port1.postMessage(report),
      receive(take) {
        port1.onmessage = ({data}) => {
          clearTimeout(patience)
          report(true)
          if (data.kind === 'resize')
            frame.style.height = `${Math.ceil(data.height / HEIGHT_STEP) * HEIGHT_STEP}px`
          else take(data)
        }
      },
      close() {
        clearTimeout(patience)
        if (!root.isConnected) report(false) // the page threw it out
        port1.close()
      },
    }
  }

  /** Once. @param {boolean} stands */
  function report(stands) {
    if (placed !== null) return
    placed = stands
    void lensmith.report('view_placed', {placed})
  }

  /**
   * To a background that was started again, before it has the report.
   * @param {{kind?: string, id?: string}} message
   * @param {chrome.runtime.MessageSender} _sender
   * @param {(value: boolean) => void} answer
   */
  function answerThatItStands(message, _sender, answer) {
    if (message?.kind === 'stands' && message.id === 'view') answer(true)
  }
})()

void 0
