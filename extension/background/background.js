// Menus, shortcut, and what UI pages ask for. The browser may stop it at any time: it holds nothing
// that it could lose.

import {isOwnPage} from '../platform/own-page.js'
import {asFailure} from '../shared/failures.js'
import {createHandlers} from './handlers.js'
import {keepMenus, onMenuChosen, PAGE_ENTRY, SELECTION_ENTRY} from './menus.js'
import {keepModelCurrent} from './model-updates.js'
import {openCard} from './open-card.js'
import {openPageView} from './page-view.js'
import {clearOnUserChoice} from './thread-count-store.js'

/** @typedef {import('../shared/messages.js').Handlers} Handlers */

const SHORTCUT = 'classify-selection'

/** @param {() => Promise<void>} wakeHost  Resolves when the host can be connected to. */
export function listen(wakeHost) {
  /** @param {Parameters<typeof openCard>[0]} occasion */
  function classify(occasion) {
    openCard(occasion).catch((error) => console.error('No card could be opened', error))
    wakeAhead(wakeHost)
  }

  /** @param {number} tabId */
  function view(tabId) {
    openPageView(tabId).catch((error) =>
      console.error('No view of the page could be opened', error),
    )
    wakeAhead(wakeHost)
  }

  chrome.runtime.onInstalled.addListener(({reason}) => {
    if (reason === 'install')
      void chrome.tabs.create({url: chrome.runtime.getURL('ui/welcome/welcome.html')})
  })
  keepMenus()
  keepModelCurrent()
  clearOnUserChoice()
  onMenuChosen((info, tab) => {
    if (info.menuItemId === SELECTION_ENTRY)
      classify({
        tab,
        address: info.pageUrl,
        frameId: info.frameId,
        menuText: info.selectionText,
      })
    if (info.menuItemId === PAGE_ENTRY && tab?.id !== undefined) view(tab.id)
  })
  // Firefox for Android has no shortcuts.
  chrome.commands?.onCommand.addListener((command, tab) => {
    if (command === SHORTCUT) classify({tab, address: tab?.url, keyboard: true})
  })
  answer(createHandlers(wakeHost, view))
}

/** Load the engine while the card does. @param {() => Promise<void>} wakeHost */
function wakeAhead(wakeHost) {
  wakeHost().catch((error) =>
    console.error('The engine could not be started ahead of its page', error),
  ) // the page tries again
}

/** Answer the extension's own pages. @param {Handlers} handlers */
function answer(handlers) {
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
