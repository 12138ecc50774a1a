// The windows around a selection: a card stands in the outermost that this script reaches, since
// inside a small frame it would have no room.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.windows = (() => {
  const {dom} = lensmith
  const FILLED = /^(iframe|frame|video|img|canvas|object|embed)$/
  const HTML = 'http://www.w3.org/1999/xhtml'

  /**
   * A window and those around it, as far as scripts of this page reach and the user sees: what is
   * around a frame in full screen is inert.
   * @param {Window} first
   */
  function upFrom(first) {
    const reached = [/** @type {Window & typeof globalThis} */ (first)]
    for (let each = first; each.frameElement && !isFullScreen(each); each = each.parent)
      reached.push(/** @type {Window & typeof globalThis} */ (each.parent))
    return reached
  }

  /** Whether a frame is what fills the screen. @param {Window} window */
  function isFullScreen({frameElement}) {
    return frameElement !== null && frameElement === frameElement.ownerDocument.fullscreenElement
  }

  /** Whether a frame of ours can live in a window. @param {Window} page */
  function takesFrames(page) {
    const {document} = page
    const full = document.fullscreenElement
    if (page !== page.top && !isFullScreen(page)) return false
    if (document.documentElement.namespaceURI !== HTML || isSandboxed(page)) return false
    // nothing can stand in it, and all around it is inert
    return !(full && FILLED.test(full.localName))
  }

  /**
   * Whether a page's sandbox reaches into our frames: Firefox takes the extension's functions from
   * them, and where the page may run no scripts, neither may they.
   * @param {Window} page
   */
  function isSandboxed(page) {
    if (page.origin !== 'null' || page.location.protocol === 'file:') return false
    return (
      chrome.runtime.getURL('').startsWith('moz-') || page.matchMedia('(scripting: none)').matches
    )
  }

  /**
   * What the user sees of a page: less than its window where they zoomed in with two fingers.
   * @param {Window} page @returns {Box}
   */
  function viewportOf({visualViewport, innerWidth, innerHeight}) {
    if (!visualViewport) return {left: 0, top: 0, width: innerWidth, height: innerHeight}
    const {offsetLeft: left, offsetTop: top, width, height} = visualViewport
    return {left, top, width, height}
  }

  /**
   * Boxes of the first window, as the last one sees them.
   * @param {Window[]} windows @param {Box[]} boxes @returns {Box[]}
   */
  function boxesInLast(windows, boxes) {
    return windows.slice(0, -1).reduce((moved, each) => {
      const element = /** @type {HTMLElement} */ (each.frameElement)
      const outer = element.getBoundingClientRect()
      const {paddingLeft, paddingTop} = dom.styleOf(element)
      const left = outer.left + element.clientLeft + parseFloat(paddingLeft)
      const top = outer.top + element.clientTop + parseFloat(paddingTop)
      return moved.map(({left: x, top: y, width, height}) => ({
        left: x + left,
        top: y + top,
        width,
        height,
      }))
    }, boxes)
  }

  /**
   * The dialog that keeps the rest of the page inert: what stands outside of it could not be
   * clicked.
   * @param {Node | null} from @param {Document} document @returns {HTMLDialogElement | null}
   */
  function modalDialog(from, document) {
    const element = from && dom.elementOf(from)
    const around = dom.withAncestors(element).find((each) => each.matches('dialog:modal'))
    const dialogs = around ? [around] : Array.from(document.querySelectorAll('dialog:modal'))
    return /** @type {HTMLDialogElement | undefined} */ (dialogs.at(-1)) ?? null
  }

  return {upFrom, isFullScreen, takesFrames, isSandboxed, viewportOf, boxesInLast, modalDialog}
})()
