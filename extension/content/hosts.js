// The elements in which ours stand on a page. What an extension leaves behind when it is updated or
// reloaded belongs to nobody: the old scripts end it, or the new ones take it away.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.hosts ??= (() => {
  const LOOK_AGAIN_MS = 1000

  /** Those of this script. @type {Set<Element>} */ const own = new Set()

  /** Marks what stands in a closed shadow root as this extension's. @param {HostKind} kind */
  const signOf = (kind) => `${chrome.runtime.id}:${kind}`

  /** @param {Element} element @returns {ShadowRoot | null} */
  function closedRootOf(element) {
    const {openOrClosedShadowRoot} = /** @type {{openOrClosedShadowRoot?: ShadowRoot | null}} */ (
      /** @type {unknown} */ (element)
    ) // in Firefox
    return (
      openOrClosedShadowRoot ??
      chrome.dom?.openOrClosedShadowRoot(/** @type {HTMLElement} */ (element)) ??
      null
    )
  }

  /** @type {Lensmith['hosts']['claim']} */
  function claim(host, part, kind, ended) {
    part.dataset.lensmith = signOf(kind)
    own.add(host)
    ended.addEventListener('abort', () => own.delete(host))
  }

  /** @type {Lensmith['hosts']['removeLeftovers']} */
  function removeLeftovers(document, kind) {
    const {documentElement} = document
    for (const element of [
      ...documentElement.children,
      ...document.querySelectorAll('[popover]'),
    ]) {
      if (element.localName !== 'div' || element.firstChild || own.has(element)) continue
      const root = closedRootOf(element)
      if (root?.querySelector(`[data-lensmith="${signOf(kind)}"]`)) element.remove()
    }
  }

  /** @type {Lensmith['hosts']['onOrphaned']} */
  function onOrphaned(ended, end) {
    // Chromium takes the extension from its scripts, and no event says so.
    const timer = setInterval(() => {
      if (!chrome.runtime?.id) end()
    }, LOOK_AGAIN_MS)
    ended.addEventListener('abort', () => clearInterval(timer))
  }

  return {claim, removeLeftovers, onOrphaned}
})()
