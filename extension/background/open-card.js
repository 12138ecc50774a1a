// Opens the card for a click on the menu entry or for the shortcut: beside the text, else in a
// corner of the page, else in a small window.
//
// The browser may stop us at any moment. So all that the browser needs to go on leaves at once, and
// what is left to do is kept as an occasion: the page's script reports until it is answered, and a
// background that starts goes on with what it finds (docs/explanation/recovery.md).

import {randomId} from '../shared/ids.js'
import {onSettingsChanged, readSettings} from '../platform/settings-store.js'
import {isReadable, notesOnClosedPage} from './restricted-pages.js'
import {inject} from './injection.js'
import {forgetOccasion, keepOccasion, readOccasion} from './occasions.js'
import {openWindow} from './open-window.js'
import {drop, isClaimed, keep} from './requests.js'

/**
 * @typedef {import('../shared/messages.js').CardRequest} CardRequest
 * @typedef {import('../shared/messages.js').Note} Note
 * @typedef {import('../shared/messages.js').Opened} Opened
 * @typedef {import('../shared/messages.js').PlacedCard} PlacedCard
 * @typedef {import('./occasions.js').CardOccasion} CardOccasion
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
  'content/lifeline.js',
  'content/card-host/card-frame.js',
  'content/card-host/card-layout.js',
  'content/card-host/text-highlight.js',
  'content/card-host/closing.js',
  'content/card-host/overlay.js',
  'content/report.js',
  'content/card-host/hand-over.js',
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

/** Null until it is read. @type {CardOccasion['theme']} */ let theme = null

/** Reports that came more than once meanwhile. @type {Map<string, Promise<void>>} */
const running = new Map()

/** Have the theme at hand, so that no card has to wait for it. */
export function followTheme() {
  const take = (/** @type {import('../shared/settings.js').Settings} */ settings) => {
    theme = settings.theme
  }
  onSettingsChanged(take)
  return readSettings().then(take, (error) =>
    console.warn('Settings were not read: the theme is the system’s', error),
  )
}

/**
 * @param {object} asked
 * @param {chrome.tabs.Tab | undefined} asked.tab
 * @param {string | undefined} asked.address  Of the page, if the browser tells it.
 * @param {number} [asked.frameId]  Of the frame that was clicked in; by the keyboard, the page
 *   finds that out.
 * @param {string | undefined} [asked.menuText]  The selection as the menu knows it: without line
 *   breaks, and cut in Firefox.
 * @param {boolean} [asked.keyboard]
 */
export async function openCard({tab, address, frameId = 0, menuText = '', keyboard = false}) {
  const at = Date.now()
  lastOrder = Math.max(at, lastOrder + 1)
  await begin({
    kind: 'card',
    id: randomId(),
    at,
    tabId: tab?.id !== undefined && isReadable(address) ? tab.id : null,
    frameId,
    address: address ?? null,
    menuText,
    keyboard,
    incognito: Boolean(tab?.incognito),
    order: lastOrder,
    theme,
    read: null,
  })
}

/** What a background before us left. @param {CardOccasion} occasion */
export async function goOnWithCard(occasion) {
  const {id, tabId} = occasion
  // The page's script is there: it reports.
  if (tabId !== null && (await tell(tabId, {kind: 'stands', id}))) return
  await begin(occasion)
}

/** @param {CardOccasion} occasion */
async function begin(occasion) {
  const kept = keepOccasion(occasion)
  const {tabId, frameId, read} = occasion
  if (tabId === null) await finish(occasion, {read: null, docked: null})
  else if (read) await place(occasion, tabId, {frameId: 0, corner: true})
  else await place(occasion, tabId, {frameId, corner: false})
  await kept
}

/**
 * @param {CardOccasion} occasion
 * @param {number} tabId
 * @param {{frameId: number, corner: boolean}} where
 */
async function place(occasion, tabId, {frameId, corner}) {
  const {id, order, keyboard} = occasion
  try {
    const start = {id, order, corner, keyboard, theme: occasion.theme ?? 'system'}
    await inject({tabId, frameId, files: PAGE_SCRIPTS, start})
  } catch (error) {
    console.warn('No script may run here', error)
    await goOn(occasion, {corner, found: null})
  }
}

/**
 * What the page's script reports of a card. Answered once nothing is left to be done for it.
 * @param {PlacedCard} placed
 * @param {chrome.runtime.MessageSender} sender
 */
export async function cardPlaced({id, corner, found}, sender) {
  const occasion = await readOccasion(id)
  // In any case: a script of one page gets no card for another one.
  if (occasion?.kind !== 'card' || occasion.tabId !== sender.tab?.id) return
  const name = `${id} ${corner}`
  const work = running.get(name) ?? goOn(occasion, {corner, found})
  running.set(name, work)
  await work.finally(() => running.delete(name))
}

/** @param {CardOccasion} occasion @param {{corner: boolean, found: Opened | null}} placed */
async function goOn(occasion, {corner, found}) {
  const {tabId, frameId} = occasion
  if (corner) return finish(occasion, {read: occasion.read, docked: found})
  if (tabId !== null && frameId !== 0 && !found?.placed) {
    // What was read comes again from the page's script, if we are stopped before this is kept.
    const docking = {...occasion, read: found}
    await keepOccasion(docking)
    return place(docking, tabId, {frameId: 0, corner: true})
  }
  return finish(occasion, {read: found, docked: null})
}

/** @param {CardOccasion} occasion @param {{read: Opened | null, docked: Opened | null}} found */
async function finish(occasion, {read, docked}) {
  const {id, tabId, order} = occasion
  const card = docked ?? read
  const request = requestFor(occasion, {read, docked})
  if (tabId === null || !card?.placed) return openInWindow(occasion, request)
  await keep(id, request)
  const shade = await readTheme()
  if (shade !== (occasion.theme ?? 'system')) void tell(tabId, {kind: 'theme', id, theme: shade})
  // The card before may stand under the care of another frame's script. Where there is none, nobody
  // hears.
  await tell(tabId, {kind: 'replaced', id, order})
  const isBlank = () => tell(tabId, {kind: 'is_blank', id})
  if (await isClaimed(id, BLANK_AFTER_MS, isBlank)) return
  if (!(await tell(tabId, {kind: 'dismiss', id}))) return drop(id) // the user closed it, or left the page
  await openInWindow(occasion, {
    ...request,
    where: 'window',
    notes: [...request.notes, 'no_frame'],
    places: false,
  })
}

/**
 * @param {CardOccasion} occasion
 * @param {{read: Opened | null, docked: Opened | null}} found
 * @returns {CardRequest}
 */
function requestFor({address, menuText, keyboard}, {read, docked}) {
  const card = docked ?? read
  const text = read?.secret ? '' : read?.text || menuText
  /** @type {Note[]} */ const notes = []
  if (card?.docked) notes.push(card.closed ?? 'frame')
  if (!card) notes.push(...notesOnClosedPage(address ?? undefined, chrome.runtime.getURL('')))
  else if (!card.placed) notes.push('no_frame')
  if (!text && keyboard && notes.length) notes.push('use_menu')
  if (
    text &&
    !read?.text &&
    text.length > MENU_TEXT_LIMIT - TRIMMED_AT_MOST &&
    text.length <= MENU_TEXT_LIMIT
  )
    notes.push('cut')
  return {
    text,
    where: !card?.placed ? 'window' : card.docked ? 'docked' : 'page',
    notes,
    keyboard,
    language: read?.language ?? null,
    direction: read?.direction ?? null,
    places: Boolean(read?.text && read.places && card?.placed && !card.docked),
  }
}

/**
 * @param {number} tabId
 * @param {import('../shared/messages.js').CardHostRequest} request
 * @returns {Promise<boolean>} What was answered.
 */
async function tell(tabId, request) {
  return (await chrome.tabs.sendMessage(tabId, request).catch(() => false)) === true
}

async function readTheme() {
  if (theme !== null) return theme
  return readSettings().then(
    (settings) => settings.theme,
    () => /** @type {const} */ ('system'),
  )
}

/**
 * All of it leaves at once: a background that is stopped now opens no second window.
 * @param {CardOccasion} occasion @param {CardRequest} request
 */
async function openInWindow({id, incognito}, request) {
  const url = `${chrome.runtime.getURL('ui/card/card.html')}#${id}`
  await Promise.all([
    keep(id, request, {anew: true}),
    // Chromium shows no page of an extension in a private window, unless the extension runs a
    // second time there: https://developer.chrome.com/docs/extensions/reference/manifest/incognito
    openWindow({url, ...WINDOW, incognito: incognito && url.startsWith('moz-')}),
    forgetOccasion(id),
  ])
}
