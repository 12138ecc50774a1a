// The window of a selection and those around it: a card inside a small frame would have no room,
// so it goes onto the outermost page that scripts of ours reach.

var lensmith = lensmith || {}

lensmith.windows = (() => {
  /**
   * A window and those around it, as far as scripts of this page reach and the reader sees: what is
   * around a frame in full screen is inert.
   * @param {Window} first
   */
  function upFrom(first) {
    const reached = [/** @type {Window & typeof globalThis} */ (first)]
    for (let each = first; each.frameElement && !isFullScreen(each); each = each.parent) {
      reached.push(/** @type {Window & typeof globalThis} */ (each.parent))
    }
    return reached
  }

  /** Whether a frame is what fills the screen. @param {Window} window */
  function isFullScreen({frameElement}) {
    return frameElement !== null && frameElement === frameElement.ownerDocument.fullscreenElement
  }

  /**
   * What the reader sees of a page: less than its window where they zoomed in with two fingers.
   * @param {Window} page
   * @returns {Box}
   */
  function viewportOf(page) {
    const {visualViewport} = page
    if (visualViewport) {
      const {offsetLeft: left, offsetTop: top, width, height} = visualViewport
      return {left, top, width, height}
    }
    return {left: 0, top: 0, width: page.innerWidth, height: page.innerHeight}
  }

  /**
   * Boxes of the first window, as the last one sees them.
   * @param {Window[]} windows
   * @param {Box[]} boxes
   * @returns {Box[]}
   */
  function boxesOnPage(windows, boxes) {
    return windows.slice(0, -1).reduce((moved, each) => {
      const element = /** @type {HTMLElement} */ (each.frameElement)
      const outer = element.getBoundingClientRect()
      const {paddingLeft, paddingTop} = getComputedStyle(element)
      const left = outer.left + element.clientLeft + parseFloat(paddingLeft)
      const top = outer.top + element.clientTop + parseFloat(paddingTop)
      return moved.map((box) => ({...box, left: box.left + left, top: box.top + top}))
    }, boxes)
  }

  /**
   * The dialog that keeps the rest of a page inert: nothing outside of it can be clicked.
   * @param {Window} page
   * @param {Element | null} inside  Where the selection is.
   * @returns {HTMLDialogElement | null}
   */
  function modalDialog({document}, inside) {
    for (let node = /** @type {Node | null} */ (inside); node; node = hostAround(node)) {
      const around = lensmith.tree.elementOf(node)?.closest('dialog:modal')
      if (around) return /** @type {HTMLDialogElement} */ (around)
    }
    /** @type {NodeListOf<HTMLDialogElement>} */ const open =
      document.querySelectorAll('dialog:modal')
    return Array.from(open).at(-1) ?? null
  }

  /** @param {Node} node @returns {Node | null} */
  function hostAround(node) {
    return /** @type {Partial<ShadowRoot>} */ (node.getRootNode()).host ?? null
  }

  return {upFrom, isFullScreen, viewportOf, boxesOnPage, modalDialog}
})()
