// How a UI page shows its result in the side panel.

import {call} from '../../platform/call.js'

/** @typedef {import('../../shared/page-view.js').SidePanelPayload} SidePanelPayload */

/**
 * To be called first in the handler of a click: the browser opens the panel for nothing else. Where
 * it does not let this page open it
 * (Firefox and a page in a frame), the result comes in a tab.
 * @param {Omit<SidePanelPayload, 'at'>} result
 */
export async function showInSidePanel(result) {
  /** @type {{sidebarAction?: {open: () => Promise<void>}}} */
  const {sidebarAction} = /** @type {any} */ (globalThis).browser ?? {}
  // Firefox lets a page of ours in a window or tab call this, but not the background for a message:
  // https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/User_actions
  await sidebarAction
    ?.open()
    .catch((/** @type {unknown} */ error) => console.warn('The sidebar did not open', error))
  await call('side_panel', {...result, at: new Date().toISOString()})
}
