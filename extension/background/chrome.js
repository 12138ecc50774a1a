// Chrome's background, a service worker: the host lives in an offscreen document.

import {GUARD_PORT} from '../shared/messages.js'
import {listen} from './background.js'

const HOST_PAGE = 'host/offscreen.html'

/** @type {Promise<void> | undefined} */ let creating

async function wakeHost() {
  const url = chrome.runtime.getURL(HOST_PAGE)
  const present = await chrome.runtime.getContexts({
    contextTypes: [chrome.runtime.ContextType.OFFSCREEN_DOCUMENT],
    documentUrls: [url],
  })
  if (present.length && !creating) return // it is listed before it listens
  // Two clicks at once must not both create it: Chrome allows only one
  // (https://developer.chrome.com/docs/extensions/reference/api/offscreen).
  creating ??= chrome.offscreen
    .createDocument({
      url: HOST_PAGE,
      reasons: [chrome.offscreen.Reason.WORKERS],
      justification: 'Runs the text classifier in a worker, on this device.',
    })
    .finally(() => {
      creating = undefined
    })
  await creating
}

/**
 * A port to the host, which wakes us if it breaks before it was told that all is done. A page's
 * script does so as well, but only where the browser had let it in by then.
 * @param {Promise<void>} work
 */
function guard(work) {
  const port = chrome.runtime.connect({name: GUARD_PORT})
  let open = true
  port.onDisconnect.addListener(() => {
    open = false
    void chrome.runtime.lastError // read, or the browser notes it as an error of ours
  })
  void work.then(() => {
    if (!open) return // the host has gone, which it does when nobody needs it
    port.postMessage('done')
    port.disconnect()
  })
}

listen(wakeHost, guard)
