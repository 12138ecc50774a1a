// Menus and waking the host. The browser may stop it at any time: it holds nothing that it could lose.

import {isOwnPage} from '../shared/messages.js'
import {openCard} from './open-card.js'

const MENU_ENTRY = 'classify-selection'

/** @param {() => Promise<void>} wakeHost  Resolves when the host can be connected to. */
export function listen(wakeHost) {
  chrome.runtime.onInstalled.addListener(() => {
    // Cleared first: an update that finds the entry would fail to create it.
    chrome.contextMenus.removeAll(() => {
      chrome.contextMenus.create({id: MENU_ENTRY, title: chrome.i18n.getMessage('menu_title'), contexts: ['selection']})
    })
  })

  chrome.contextMenus.onClicked.addListener((info, tab) => {
    if (info.menuItemId !== MENU_ENTRY) return
    wakeHost().catch((error) => console.error('The engine could not be started ahead of the card', error)) // the card tries again
    openCard(info, tab).catch((error) => console.error('No card could be opened', error))
  })

  chrome.runtime.onMessage.addListener((message, sender, answer) => {
    if (message?.kind !== 'wake' || !isOwnPage(sender)) return false
    wakeHost().then(() => answer({ok: true}), (error) => answer({ok: false, message: String(error?.message ?? error)}))
    return true
  })
}
