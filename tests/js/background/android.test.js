// Firefox for Android, which lacks menus, shortcuts, windows and side panels: popup and view of the
// page work without them.
import assert from 'node:assert/strict'
import {beforeEach, test} from 'node:test'
import {listen} from '../../../extension/background/background.js'
import {androidChrome} from '../support/android.js'

const OWN = {id: 'own', url: 'moz-extension://own/ui/popup/popup.html'}
/** @type {ReturnType<typeof androidChrome>} */ let chrome
let woken = 0

beforeEach(() => {
  chrome = androidChrome()
  woken = 0
  Object.assign(globalThis, {chrome})
  listen(async () => {
    woken++
  })
})

/** @param {string} kind @param {object} body @param {object} [sender] @returns {Promise<any>} */
function ask(kind, body, sender = OWN) {
  return new Promise((resolve) => {
    chrome.runtime.onMessage.fire({kind, body}, sender, resolve)
  })
}

/** @param {() => boolean} holds */
async function until(holds) {
  for (let turn = 0; turn < 1000 && !holds(); turn++) await new Promise(setImmediate)
  assert.ok(holds())
}

test('the background starts, and opens the welcome page after an installation', () => {
  chrome.runtime.onInstalled.fire({reason: 'install'})
  chrome.runtime.onStartup.fire()
  assert.deepEqual(chrome.opened, ['moz-extension://own/ui/welcome/welcome.html'])
})

test('the popup’s button shows the panel on the page, and wakes the engine', async () => {
  assert.deepEqual(await ask('view_page', {tabId: 7}), {ok: true, value: {}})
  await until(() => chrome.ran.length > 0)
  assert.equal(chrome.ran[0].target.tabId, 7)
  assert.ok(chrome.ran[0].files.some((/** @type {string} */ file) => file.includes('page-view')))
  assert.equal(woken, 1)
  assert.deepEqual(chrome.opened, [])
})

test('where the page lets no script in, the panel says so in a tab instead of a window', async (context) => {
  context.mock.method(console, 'warn', () => {})
  chrome.scripting.executeScript = async () => {
    throw new Error('This page cannot be scripted')
  }
  await ask('view_page', {tabId: 7})
  await until(() => chrome.opened.length > 0)
  assert.deepEqual(chrome.opened, ['moz-extension://own/ui/page-panel/page-panel.html#tab=7'])
})

test('a result that was sent to the side panel comes in a tab', async (context) => {
  context.mock.method(console, 'warn', () => {})
  const payload = {source: 'page', at: '', result: null, sentences: []}
  const sender = {...OWN, tab: {id: 7, windowId: 0}}
  assert.deepEqual(await ask('side_panel', payload, sender), {ok: true, value: {}})
  assert.deepEqual(chrome.opened, [
    'moz-extension://own/ui/side-panel/side-panel.html#tab=7&window=0',
  ])
})
