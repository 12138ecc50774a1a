// Opens the card for a click on the menu entry or for the shortcut: beside the text, else in a
// corner of the page, else in a small window.

import {randomId} from '../shared/ids.js'
import {readSettings} from '../platform/settings-store.js'
import {isReadable, notesOnClosedPage} from './restricted-pages.js'
import {inject} from './injection.js'
import {openWindow} from './open-window.js'
import {isClaimed, keep} from './requests.js'

/**
 * @typedef {import('../shared/messages.js').CardRequest} CardRequest
 * @typedef {import('../shared/messages.js').Note} Note
 * @typedef {import('../shared/messages.js').Opened} Opened
 * @typedef {import('../shared/messages.js').CardHostStart} CardHostStart
 */

const PAGE_SCRIPTS = [
  'content/dom/tree.js',
  'content/dom/range-filter.js',
  'content/dom/special-text.js',
  'content/dom/visibility.js',
  'content/dom/visible-text.js',
  'content/card-host/positioning.js',
  'content/card-host/windows.js',
  'content/card-host/selection-text.js',
  'content/card-host/selection-boxes.js',
  'content/card-host/selection.js',
  'content/card-host/card-frame.js',
  'content/card-host/card-layout.js',
  'content/card-host/text-highlight.js',
  'content/card-host/closing.js',
  'content/card-host/overlay.js',
]

/** When the last card was asked for: later ones have greater numbers. */
let lastOrder = 0

const WINDOW = {width: 400, height: 480}

/**
 * Workaround: Firefox gives so many UTF-16 units of a selection, less the white space at its ends.
 * Chromium gives all. It may go with Firefox's limit, which was 150 before version 56:
 * https://bugzilla.mozilla.org/show_bug.cgi?id=1338898
 */
const MENU_TEXT_LIMIT = 16_384
const TRIMMED_AT_MOST = 64

/**
 * A page may have means to keep a frame blank that we do not know; a card that lives has asked for
 * its text by then.
 */
const BLANK_AFTER_MS = 15_000

/**
 * @param {object} occasion
 * @param {chrome.tabs.Tab | undefined} occasion.tab
 * @param {string | undefined} occasion.address  Of the page, if the browser tells it.
 * @param {number} [occasion.frameId]  Of the frame that was clicked in; by the keyboard, the page
 *   finds that out.
 * @param {string} [occasion.menuText]  The selection as the menu knows it: without line breaks, and
 *   cut in Firefox.
 * @param {boolean} [occasion.keyboard]
 */
export async function openCard({tab, address, frameId = 0, menuText = '', keyboard = false}) {
  const id = randomId()
  lastOrder = Math.max(Date.now(), lastOrder + 1)
  const order = lastOrder
  const page = tab?.id !== undefined && isReadable(address) ? tab.id : null
  const read =
    page === null ? null : await openOnPage(page, frameId, {id, order, corner: false, keyboard})
  const docked =
    page !== null && frameId !== 0 && !read?.placed
      ? await openOnPage(page, 0, {id, order, corner: true, keyboard})
      : null
  const card = docked ?? read
  const text = read?.secret ? '' : read?.text || menuText
  /** @type {Note[]} */ const notes = []
  if (card?.docked) notes.push(card.closed ?? 'frame')
  if (!card) notes.push(...notesOnClosedPage(address, chrome.runtime.getURL('')))
  else if (!card.placed) notes.push('no_frame')
  if (!text && keyboard && notes.length) notes.push('use_menu')
  if (
    text &&
    !read?.text &&
    text.length > MENU_TEXT_LIMIT - TRIMMED_AT_MOST &&
    text.length <= MENU_TEXT_LIMIT
  )
    notes.push('cut')
  /** @type {CardRequest} */ const request = {
    text,
    where: !card?.placed ? 'window' : card.docked ? 'docked' : 'page',
    notes,
    keyboard,
    language: read?.language ?? null,
    direction: read?.direction ?? null,
    places: Boolean(read?.text && read.places && card?.placed && !card.docked),
  }
  await keep(id, request)
  if (page === null || !card?.placed) {
    await openInWindow(id, tab)
    return
  }
  // The card before may stand under the care of another frame's script. Where there is none, nobody
  // hears.
  await tell(page, {kind: 'replaced', id, order})
  const isBlank = () => tell(page, {kind: 'is_blank', id})
  if (await isClaimed(id, BLANK_AFTER_MS, isBlank)) return
  if (!(await tell(page, {kind: 'dismiss', id}))) return // the user closed it, or left the page
  await keep(id, {...request, where: 'window', notes: [...notes, 'no_frame'], places: false})
  await openInWindow(id, tab)
}

/**
 * @param {number} tabId
 * @param {import('../shared/messages.js').CardHostRequest} request
 * @returns {Promise<boolean>} What was answered.
 */
async function tell(tabId, request) {
  return (await chrome.tabs.sendMessage(tabId, request).catch(() => false)) === true
}

/**
 * @param {number} tabId @param {number} frameId @param {Omit<CardHostStart, 'theme'>} occasion
 * @returns {Promise<Opened | null>} Null where no script may run.
 */
async function openOnPage(tabId, frameId, occasion) {
  try {
    const [theme] = await Promise.all([readTheme(), inject({tabId, frameId, files: PAGE_SCRIPTS})])
    /** @type {CardHostStart} */ const start = {...occasion, theme}
    const [injected] = await chrome.scripting.executeScript({
      target: {tabId, frameIds: [frameId]},
      func: (start) => globalThis.lensmith.openCard(start),
      args: [start],
      injectImmediately: true,
    })
    return /** @type {Opened | undefined} */ (injected?.result) ?? null
  } catch (error) {
    console.warn('No script may run here', error)
    return null
  }
}

async function readTheme() {
  try {
    return (await readSettings()).theme
  } catch (error) {
    console.warn('Settings were not read: the theme is the system’s', error)
    return 'system'
  }
}

/** @param {string} id @param {chrome.tabs.Tab | undefined} tab */
async function openInWindow(id, tab) {
  const url = `${chrome.runtime.getURL('ui/card/card.html')}#${id}`
  // Chromium shows no page of an extension in a private window, unless the extension runs a second
  // time there: https://developer.chrome.com/docs/extensions/reference/manifest/incognito
  const incognito = Boolean(tab?.incognito) && url.startsWith('moz-')
  await openWindow({url, ...WINDOW, incognito})
}
