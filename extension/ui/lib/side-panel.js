// How a UI page shows its result in the side panel.

import {call} from '../../platform/call.js'

// UTF-16 units, with those of the scores: the browser keeps ten megabytes for all our pages
const MOST = 3_000_000
const LONGEST = 100_000 // of one text

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
  await call('side_panel', {...fitting(result), at: new Date().toISOString()})
}

/**
 * As much of a result as can be handed over.
 * @param {Omit<SidePanelPayload, 'at'>} whole
 * @returns {Omit<SidePanelPayload, 'at'>}
 */
export function fitting({source, result, sentences}) {
  let size = 0
  const all = sentences.map(({text, prediction}) => ({text: text.slice(0, LONGEST), prediction}))
  const over = all.findIndex(({text, prediction}) => {
    size += text.length + JSON.stringify(prediction).length
    return size > MOST
  })
  return {
    source,
    result: result && {...result, segments: []},
    sentences: over < 0 ? all : all.slice(0, over),
    isPart: over >= 0,
  }
}
