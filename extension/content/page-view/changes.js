// Notices that the page's content changed: each change, and the first quiet moment after it.

var lensmith = lensmith || {}

/** @param {{each: () => void, quiet: () => void}} notice */
lensmith.watchChanges = ({each, quiet}) => {
  const SETTLE_DELAY_MS = 400 // without a change for so long, the page is quiet
  const LONGEST_WAIT_MS = 2000 // on a page that is never quiet
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer
  let since = 0
  let stopped = false

  const observer = new MutationObserver(() => {
    each()
    if (stopped) return
    const now = performance.now()
    since ||= now
    clearTimeout(timer)
    timer = setTimeout(
      () => {
        since = 0
        quiet()
      },
      Math.max(0, Math.min(SETTLE_DELAY_MS, since + LONGEST_WAIT_MS - now)),
    )
  })

  return {
    /** @param {Node} node @param {MutationObserverInit} what */
    observe: (node, what) => observer.observe(node, what),

    stop() {
      stopped = true
      clearTimeout(timer)
      observer.disconnect()
    },
  }
}
