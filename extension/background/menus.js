// Our entries in the browser's menu: one on a selection and one on a bare page, never both, since
// two would fall into a submenu.

import {onSettingsChanged, readSettings} from '../platform/settings-store.js'
import {readMessages} from '../platform/i18n-fallback.js'

/** @typedef {import('../shared/settings.js').Settings} Settings */

export const SELECTION_ENTRY = 'classify-selection'
export const PAGE_ENTRY = 'classify-page'

/**
 * Browsers offer an entry for `page` only where no other context holds: no link, image, field or
 * selection. In a frame, Firefox offers none; asking for `frame` as well would bring it up beside
 * the selection's:
 * https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/API/menus/ContextType
 * @type {{id: string, message: string,
 *   contexts: NonNullable<chrome.contextMenus.CreateProperties['contexts']>,
 *   documentUrlPatterns?: string[],
 *   setting: 'menuOnSelection' | 'menuOnPage'}[]}
 */
const ENTRIES = [
  {id: SELECTION_ENTRY, message: 'menu_title', contexts: ['selection'], setting: 'menuOnSelection'},
  // Elsewhere no script may run, and a page that cannot be read has no view.
  {
    id: PAGE_ENTRY,
    message: 'page_menu_title',
    contexts: ['page'],
    documentUrlPatterns: ['http://*/*', 'https://*/*', 'file:///*'],
    setting: 'menuOnPage',
  },
]

/** @type {Promise<void>} */ let last = Promise.resolve()

/** @param {Parameters<typeof chrome.contextMenus.onClicked.addListener>[0]} chosen */
export function onMenuChosen(chosen) {
  chrome.contextMenus?.onClicked.addListener(chosen)
}

/**
 * Keep the entries as the user's settings and language want them. Firefox for Android has no menus:
 * there the popup is the way to all.
 */
export function keepMenus() {
  if (!chrome.contextMenus) return
  // The browser keeps entries when it stops the background; at its own start, its language may be
  // another.
  chrome.runtime.onInstalled.addListener(offer)
  chrome.runtime.onStartup.addListener(offer)
  onSettingsChanged(offer)
}

/**
 * A title that the menu shows letter for letter. '&' marks the key of the letter after it, and '&&'
 * is an ampersand. '%s' becomes the selection, and neither browser has an escape for it: a word
 * joiner, which nobody sees, parts the two. See TitleWithReplacement in
 * https://source.chromium.org/chromium/chromium/src/+/main:chrome/browser/extensions/menu_manager.cc
 * and
 * https://searchfox.org/mozilla-central/source/browser/components/extensions/parent/ext-menus.js
 * @param {string} words
 */
export function titleAsWritten(words) {
  return words.replaceAll('&', '&&').replaceAll('%s', '%\u2060s')
}

/** One at a time: two that overlap would create an entry twice. */
function offer() {
  last = last
    .then(async () => {
      const settings = await readSettings()
      const getMessage = await readMessages()
      await chrome.contextMenus.removeAll()
      for (const {id, message, setting, ...where} of ENTRIES) {
        chrome.contextMenus.create({
          id,
          title: titleAsWritten(getMessage(message)),
          visible: settings[setting],
          ...where,
        })
      }
    })
    .catch((error) => console.error('The menu could not be filled', error))
}
