// Begins the view of a whole page, and brings results to the side panel.

import {DOCK_SCRIPTS, SIDE_PANEL_KEY, PAGE_SCRIPTS} from '../shared/page-view.js'
import {inject} from './injection.js'
import {forgetOccasion, keepOccasion, readOccasion} from './occasions.js'
import {openWindow} from './open-window.js'

/** @typedef {import('./occasions.js').ViewOccasion} ViewOccasion */

const PANEL_PAGE = 'ui/page-panel/page-panel.html'
const SIDE_PANEL_PAGE = 'ui/side-panel/side-panel.html'
const WINDOW = {width: 360, height: 620}

/**
 * Show the docked panel on a page. Where the page lets no frame in, the panel gets a window of its
 * own, and where no script may run, it says so there.
 * @param {number} tabId
 */
export async function openPageView(tabId) {
  await begin({kind: 'view', id: idOf(tabId), at: Date.now(), tabId})
}

/** What a background before us left. @param {ViewOccasion} occasion */
export async function goOnWithView(occasion) {
  const {tabId} = occasion
  // The page's script is there: it reports.
  const stands = await chrome.tabs.sendMessage(tabId, {kind: 'stands', id: 'view'}).catch(() => {})
  if (stands !== true) await begin(occasion)
}

/** @param {ViewOccasion} occasion */
async function begin(occasion) {
  const kept = keepOccasion(occasion)
  try {
    await inject({tabId: occasion.tabId, files: [...PAGE_SCRIPTS, ...DOCK_SCRIPTS]})
  } catch (error) {
    console.warn('No script may run on this page', error)
    await openInWindow(occasion)
  }
  await kept
}

/**
 * What the page's script reports of the panel.
 * @param {import('../shared/messages.js').PlacedView} placed
 * @param {chrome.runtime.MessageSender} sender
 */
export async function viewPlaced({placed}, {tab}) {
  const occasion = tab?.id === undefined ? undefined : await readOccasion(idOf(tab.id))
  if (occasion?.kind !== 'view') return
  if (placed) await forgetOccasion(occasion.id)
  else await openInWindow(occasion)
}

/** @param {number} tabId */
function idOf(tabId) {
  return `view-${tabId}`
}

/** @param {ViewOccasion} occasion */
async function openInWindow({id, tabId}) {
  await Promise.all([
    openWindow({url: `${chrome.runtime.getURL(PANEL_PAGE)}#tab=${tabId}`, ...WINDOW}),
    forgetOccasion(id),
  ])
}

/**
 * Show a result in the side panel of the window that it comes from; in a tab where the panel cannot
 * be opened from there.
 * @param {import('../shared/page-view.js').SidePanelPayload} payload
 * @param {chrome.runtime.MessageSender} sender
 */
export function showInSidePanel(payload, sender) {
  const {tab} = sender
  // By name, once: Mozilla's linter warns of calls that Firefox lacks, even behind this question.
  const {sidePanel} = chrome
  // First of all, while the browser still sees the user's click in this call. In a message, Firefox
  // does not: https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/User_actions
  const opened =
    tab && sidePanel ? sidePanel.open({windowId: tab.windowId}) : isSidebarOpen(tab?.windowId)
  return (async () => {
    if (tab) await chrome.storage.session.set({[SIDE_PANEL_KEY + tab.windowId]: payload})
    try {
      await opened
    } catch (error) {
      console.warn('The side panel could not be opened from here', error)
      await chrome.tabs.create({
        url: `${chrome.runtime.getURL(SIDE_PANEL_PAGE)}#tab=${tab?.id}&window=${tab?.windowId}`,
      })
    }
  })()
}

/** @param {number | undefined} windowId @throws {Error} if it is not open. */
async function isSidebarOpen(windowId) {
  /** @type {{isOpen: (of: {windowId?: number | undefined}) => Promise<boolean>} | undefined} */
  const sidebarAction = /** @type {any} */ (globalThis).browser?.sidebarAction
  if (!(await sidebarAction?.isOpen({windowId})))
    throw new Error('Firefox opens its sidebar only for a click in the browser itself')
}
