// Menus, shortcut, and what UI pages ask for. The browser may stop it at any time: it holds nothing
// that it could lose.

import {isOwnPage, isOwnScript} from '../platform/own-page.js'
import {asFailure} from '../shared/failures.js'
import {createHandlers, PAGE_HANDLERS} from './handlers.js'
import {keepMenus, onMenuChosen, PAGE_ENTRY, SELECTION_ENTRY} from './menus.js'
import {followTheme, goOnWithCard, openCard} from './open-card.js'
import {leftOver} from './occasions.js'
import {goOnWithView, openPageView} from './page-view.js'
import {clearOnUserChoice} from './thread-count-store.js'

/** @typedef {import('../shared/messages.js').Handlers} Handlers */

const SHORTCUT = 'classify-selection'

/**
 * @param {() => Promise<void>} wakeHost  Resolves when the host can be connected to.
 * @param {(work: Promise<void>) => void} [guard]  Has somebody wake us, were we stopped before the
 *   work is done.
 */
export function listen(wakeHost, guard = () => {}) {
  /** @param {Parameters<typeof openCard>[0]} asked */
  function classify(asked) {
    attend(openCard(asked))
  }

  /** @param {number} tabId */
  function view(tabId) {
    attend(openPageView(tabId))
  }

  /** @param {Promise<void>} opening */
  function attend(opening) {
    const opened = opening.catch((error) => console.error('Nothing could be opened', error))
    // Load the engine while the page of the card or the panel does.
    wakeHost().then(
      () => guard(opened),
      (error) => console.error('The engine could not be started ahead of its page', error),
    ) // the page tries again
  }

  chrome.runtime.onInstalled.addListener(({reason}) => {
    if (reason === 'install')
      void chrome.tabs.create({url: chrome.runtime.getURL('ui/welcome/welcome.html')})
  })
  keepMenus()
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
  void followTheme()
  goOn().catch((error) => console.error('What was left could not be gone on with', error))
}

/** Go on with what a background before us was stopped in. */
async function goOn() {
  for (const occasion of await leftOver())
    await (occasion.kind === 'card' ? goOnWithCard(occasion) : goOnWithView(occasion))
}

/**
 * Answer the extension's own pages, and the few questions of our scripts inside web pages.
 * @param {Handlers} handlers
 */
function answer(handlers) {
  chrome.runtime.onMessage.addListener((message, sender, answer) => {
    const known = isOwnPage(sender) ? handlers : isOwnScript(sender) ? PAGE_HANDLERS : {}
    if (!Object.hasOwn(known, message?.kind)) return false
    const handle =
      /** @type {(body: unknown, sender: chrome.runtime.MessageSender) => Promise<unknown>} */ (
        /** @type {Record<string, unknown>} */ (known)[message.kind]
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
