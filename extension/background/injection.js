// Runs scripts of ours in a page that the user's click opened to us.

// Workaround: activeTab's grant may arrive after the click, typically within 50 ms. Seen at one
// click of four in Chromium 156; no report was found. It may go when a first attempt always works.
const GRANT_TIMEOUT_MS = 1000
const RETRY_MS = 10

/**
 * @typedef {{tabId: number, frameId?: number, files: string[]}} Injection  `frameId`: the page's
 *   own if none is given.
 */

/**
 * The value of the last of the files.
 * @param {Injection} injection @returns {Promise<unknown>}
 * @throws {Error} the browser's, where no script may run.
 */
export async function inject({tabId, frameId = 0, files}) {
  const deadline = performance.now() + GRANT_TIMEOUT_MS
  for (;;) {
    try {
      return await run({tabId, frameId, files})
    } catch (error) {
      if (performance.now() > deadline || !isAboutPermission(error)) throw error
      if (frameId !== 0 && (await isGranted(tabId))) {
        // The page is open to us: that the frame was not is either its own border, or a matter of
        // the last moment.
        return run({tabId, frameId, files})
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}

/** @param {Required<Injection>} injection @returns {Promise<unknown>} */
async function run({tabId, frameId, files}) {
  const [injected] = await chrome.scripting.executeScript({
    target: {tabId, frameIds: [frameId]},
    files,
    injectImmediately: true,
  })
  return injected?.result
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
