// The two ways in which an extension page reaches the page scripts of a view.

import {PAGE_PORT, PAGE_SCRIPTS} from '../../../shared/page-view.js'

/** @typedef {import('../../../shared/page-view.js').PageLink} PageLink */

/**
 * The link of a panel in the page: a port, which comes in a message with the id of this
 * frame. Nobody but the script that
 * made the frame knows that id; the page itself may send messages here too.
 * @param {string} id @returns {Promise<PageLink>}
 */
export function linkFromFrame(id) {
  return new Promise((resolve) => {
    addEventListener('message', function listen({data, source, ports: [port]}) {
      if (source !== window.parent || data?.id !== id || !port) return
      removeEventListener('message', listen)
      resolve({
        send: (order) => port.postMessage(order),
        receive: (take) => {
          port.onmessage = (event) => take(event.data)
        },
        ended: () => {}, // the frame goes with the page
      })
    })
  })
}

/**
 * The link of a page of ours outside the tab. The view lives as long as that page does.
 * @param {number} tabId @returns {Promise<PageLink>}
 * @throws {Error} if no script may run in the tab: the browser wants the extension to be called
 *   there first.
 */
export async function linkToTab(tabId) {
  const [injected] = await chrome.scripting.executeScript({target: {tabId}, files: PAGE_SCRIPTS})
  // Firefox tells in `error` that a script failed; Chromium throws it:
  // https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/API/scripting/executeScript#return_value
  const {error} = /** @type {{error?: unknown}} */ (injected)
  if (error) throw error
  const port = chrome.tabs.connect(tabId, {name: PAGE_PORT, frameId: 0})
  let open = true
  port.onDisconnect.addListener(() => {
    open = false
  })
  /** @type {Parameters<PageLink['receive']>[0]} */ let taker = () => {}
  port.onMessage.addListener((report) => taker(report))
  return {
    send: (order) => {
      if (open) port.postMessage(order)
    },
    receive: (take) => {
      taker = take
    },
    ended: (then) => port.onDisconnect.addListener(then),
  }
}
