// What UI pages may ask the background, and what it does then.

import {readSettings} from '../platform/settings-store.js'
import {cardPlaced} from './open-card.js'
import {showInSidePanel, viewPlaced} from './page-view.js'
import {claim, forget} from './requests.js'
import {keepMeasuredThreads, measuredThreads} from './thread-count-store.js'

/**
 * @param {() => Promise<void>} wakeHost  Resolves when the host can be connected to.
 * @param {(tabId: number) => void} view  Begins the view of a whole page.
 * @returns {import('../shared/messages.js').Handlers}
 */
export function createHandlers(wakeHost, view) {
  return {
    async wake() {
      await wakeHost()
      return {}
    },
    async engine_settings() {
      const [{threads, releaseAfterMinutes, minScore}, measured] = await Promise.all([
        readSettings(),
        measuredThreads(),
      ])
      return {
        threads: threads === 'auto' ? (measured ?? threads) : threads,
        releaseAfterMinutes,
        minScore,
      }
    },
    async keep_threads({threads}) {
      await keepMeasuredThreads(threads)
      return {}
    },
    claim_request: ({id, claimant}) => claim(id, claimant),
    async forget_request({id, claimant}) {
      await forget(id, claimant)
      return {}
    },
    async view_page({tabId}) {
      view(tabId) // the popup that asks closes at once
      return {}
    },
    async side_panel(payload, sender) {
      await showInSidePanel(payload, sender)
      return {}
    },
    async card_host(request, sender) {
      // The page may be going away, and the card with it: then there is no one left to tell.
      if (sender.tab?.id !== undefined)
        await chrome.tabs.sendMessage(sender.tab.id, request).catch(() => {})
      return {}
    },
  }
}

/**
 * What our scripts inside web pages may ask, and nothing else.
 * @type {import('../shared/messages.js').PageHandlers}
 */
export const PAGE_HANDLERS = {
  async card_placed(placed, sender) {
    await cardPlaced(placed, sender)
    return {}
  },
  async view_placed(placed, sender) {
    await viewPlaced(placed, sender)
    return {}
  },
}
