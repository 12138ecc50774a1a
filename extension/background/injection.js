// Runs scripts of ours in a page that the user's click opened to us.

// Workaround: activeTab's grant may arrive after the click, typically within 50 ms. Seen at one
// click of four in Chromium 156; no report was found. It may go when a first attempt always works.
const GRANT_TIMEOUT_MS = 1000
const RETRY_MS = 10

/**
 * `start`: what a card of the page's script is to begin with. `frameId`: the page's own if none is
 * given.
 * @typedef {{tabId: number, frameId?: number, files: string[],
 *   start?: import('../shared/messages.js').CardHostStart}} Injection
 */

/**
 * The browser is asked before anything is awaited: it goes on with that without us. What the
 * scripts find, they report by themselves.
 * @param {Injection} injection
 * @throws {Error} the browser's, where no script may run.
 */
export async function inject({tabId, frameId = 0, files, start}) {
  const deadline = performance.now() + GRANT_TIMEOUT_MS
  const injection = {tabId, frameId, files, ...(start ? {start} : {})}
  for (;;) {
    try {
      return await run(injection)
    } catch (error) {
      if (performance.now() > deadline || !isAboutPermission(error)) throw error
      if (frameId !== 0 && (await isGranted(tabId))) {
        // The page is open to us: that the frame was not is either its own border, or a matter of
        // the last moment.
        return run(injection)
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}

/** @param {Injection & {frameId: number}} injection */
async function run({tabId, frameId, files, start}) {
  const target = {tabId, frameIds: [frameId]}
  const loaded = chrome.scripting.executeScript({target, files, injectImmediately: true})
  // Whichever of the two comes last begins: see content/card-host/hand-over.js.
  const told =
    start &&
    chrome.scripting.executeScript({
      target,
      func: (start) => {
        const scope = /** @type {any} */ (globalThis)
        const page = (scope.lensmith ??= {})
        page.starts = [...(page.starts ?? []), start]
        page.begin?.()
      },
      args: [start],
      injectImmediately: true,
    })
  for (const [injected] of await Promise.all([loaded, told ?? []])) {
    // Firefox says so that a script failed.
    const {error} = /** @type {{error?: unknown}} */ (injected ?? {})
    if (error) throw error
  }
}

/** @param {number} tabId */
async function isGranted(tabId) {
  try {
    await chrome.scripting.executeScript({
      target: {tabId},
      func: () => true,
      injectImmediately: true,
    })
    return true
  } catch {
    return false
  }
}

/** Nothing else gets better by waiting. @param {unknown} error */
function isAboutPermission(error) {
  return /permission/i.test(String(error))
}
