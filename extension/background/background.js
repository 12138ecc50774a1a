// Menus, and what UI pages ask for. The browser may stop it at any time: it holds nothing that it
// could lose.

import {asFailure} from '../shared/failures.js'
import {isOwnPage} from '../platform/own-page.js'
import {readSettings} from '../platform/settings-store.js'
import {clearOnUserChoice, keepMeasuredThreads, measuredThreads} from './thread-count-store.js'
import {keepMenus, PAGE_ENTRY, SELECTION_ENTRY} from './menus.js'
import {openCard} from './open-card.js'
import {openPageView, showInSidePanel} from './page-view.js'
import {claim} from './requests.js'

/** @typedef {import('../shared/messages.js').Handlers} Handlers */

const SHORTCUT = 'classify-selection'

/** @param {() => Promise<void>} wakeHost  Resolves when the host can be connected to. */
export function listen(wakeHost) {
  keepMenus()
  clearOnUserChoice()

  chrome.runtime.onInstalled.addListener(({reason}) => {
    if (reason === 'install')
      void chrome.tabs.create({url: chrome.runtime.getURL('ui/welcome/welcome.html')})
  })

  chrome.contextMenus.onClicked.addListener((info, tab) => {
    if (info.menuItemId === SELECTION_ENTRY)
      classify({tab, address: info.pageUrl, frameId: info.frameId, menuText: info.selectionText})
    if (info.menuItemId === PAGE_ENTRY && tab?.id !== undefined) view(tab.id)
  })

  chrome.commands.onCommand.addListener((command, tab) => {
    if (command === SHORTCUT) classify({tab, address: tab?.url, keyboard: true})
  })

  /** @param {Parameters<typeof openCard>[0]} occasion */
  function classify(occasion) {
    openCard(occasion).catch((error) => console.error('No card could be opened', error))
    wakeHost().catch((error) =>
      console.error('The engine could not be started ahead of the card', error),
    ) // the card tries again
  }

  /** @param {number} tabId */
  function view(tabId) {
    openPageView(tabId).catch((error) =>
      console.error('No view of the page could be opened', error),
    )
    wakeHost().catch((error) =>
      console.error('The engine could not be started ahead of the view', error),
    )
  }

  /** @type {Handlers} */ // a missing kind is a type error
  const handlers = {
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
    claim_request: ({id}) => claim(id),
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

  chrome.runtime.onMessage.addListener((message, sender, answer) => {
    if (!isOwnPage(sender) || !Object.hasOwn(handlers, message?.kind)) return false
    const handle =
      /** @type {(body: unknown, sender: chrome.runtime.MessageSender) => Promise<unknown>} */ (
        handlers[/** @type {keyof Handlers} */ (message.kind)]
      )
    handle(message.body, sender).then(
      (value) => answer({ok: true, value}),
      (error) => {
        const {code, message: details} = asFailure(error, 'no_answer')
        answer({ok: false, code, message: details})
      },
    )
    return true // the answer comes later
  })
}
