// The popup: a text of the user's own, and the ways to everything else. What is typed lives as
// long as the popup is open.

import {SIDE_PANEL_KEY} from '../../shared/page-view.js'
import {call} from '../../platform/call.js'
import {byId} from '../lib/dom.js'
import {createLiveInput} from '../lib/live-input.js'
import {fitting} from '../lib/side-panel.js'
import {applyTheme} from '../lib/theme.js'
import {translate, t} from '../lib/i18n.js'

const panel = byId('panel')
const settings = byId('settings')
const page = byId('page')
const failed = byId('failed')
/** @type {import('../lib/live-input.js').Answer | null} */ let answer = null

void applyTheme()
translate(document)
createLiveInput({
  onAnswer: (now) => {
    answer = now
  },
})
settings.addEventListener('click', () =>
  tryTo(async () => {
    await chrome.runtime.openOptionsPage()
    window.close()
  }),
)
page.addEventListener('click', () => tryTo(viewPage))
panel.hidden = !chrome.sidePanel && !sidebar() // Firefox for Android has neither, and no windows
void chrome.windows?.getCurrent().then(({id}) => {
  if (id !== undefined) panel.addEventListener('click', () => tryTo(() => openSidePanel(id)))
})

/** The browser granted us this tab with the click that opened the popup. */
async function viewPage() {
  const [tab] = await chrome.tabs.query({active: true, currentWindow: true})
  if (tab?.id === undefined) throw new Error('There is no tab')
  await call('view_page', {tabId: tab.id})
  window.close()
}

/** @param {number} windowId */
async function openSidePanel(windowId) {
  // First of all, while the browser still sees the user's click in this call.
  const {sidePanel} = chrome
  const opened = sidePanel ? sidePanel.open({windowId}) : sidebar()?.open()
  if (answer) {
    const {text, result} = answer
    const sentences = result.segments.map(({start, end, prediction}) => ({
      text: text.slice(start, end),
      prediction,
    }))
    /** @type {import('../../shared/page-view.js').SidePanelPayload} */ const payload = {
      at: new Date().toISOString(),
      ...fitting({source: 'selection', result, sentences}),
    }
    await chrome.storage.session.set({[SIDE_PANEL_KEY + windowId]: payload})
  }
  await opened
  window.close()
}

/** Firefox's. @returns {{open: () => Promise<void>} | undefined} */
function sidebar() {
  return /** @type {any} */ (globalThis).browser?.sidebarAction
}

/** @param {() => Promise<void>} act */
function tryTo(act) {
  failed.textContent = ''
  act().catch((error) => {
    console.error(error)
    failed.textContent = t('failure_no_answer')
  })
}
