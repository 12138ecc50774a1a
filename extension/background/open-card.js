// Opens the card for a click on the menu entry: on the page where a script may run there, else in a small window.

import {randomId} from '../shared/ids.js'
import {keep} from './requests.js'

/** @typedef {import('../shared/messages.js').Opened} Opened */

// activeTab's grant may arrive after the click (seen in one click of four in Chromium), typically within 50 ms.
const GRANT_TIMEOUT_MS = 1000
const RETRY_MS = 50

const WINDOW = /** @type {const} */ ({type: 'popup', width: 400, height: 420})

/** @param {chrome.contextMenus.OnClickData} info @param {chrome.tabs.Tab | undefined} tab */
export async function openCard(info, tab) {
  const opened = tab?.id === undefined ? null : await openOnPage(tab.id, info)
  const id = opened?.id ?? randomId()
  // The menu's text stands in where the script may not read: it has lost its line breaks, and Firefox cuts it.
  await keep(id, {
    text: opened?.text || info.selectionText || '', where: opened ? 'page' : 'window', notes: [], keyboard: false,
    language: null, direction: null, places: false,
  })
  if (!opened) await chrome.windows.create({url: `${chrome.runtime.getURL('surfaces/card/card.html')}#${id}`, ...WINDOW})
}

/** @param {number} tabId @param {chrome.contextMenus.OnClickData} info @returns {Promise<Opened | null>} Null where no script may run. */
async function openOnPage(tabId, info) {
  if (!/^(https?|file):/.test(info.frameUrl ?? info.pageUrl ?? '')) return null
  const deadline = performance.now() + GRANT_TIMEOUT_MS
  for (;;) {
    try {
      const [{result}] = await chrome.scripting.executeScript({
        target: {tabId, frameIds: [info.frameId ?? 0]}, files: ['page/shell.js'], injectImmediately: true,
      })
      return /** @type {Opened | undefined} */ (/** @type {unknown} */ (result)) ?? null
    } catch (error) {
      if (performance.now() > deadline) {
        console.warn('No script may run on this page', error)
        return null
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}
