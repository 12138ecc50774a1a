// The popup in Firefox for Android, where there is neither side panel nor window.
import assert from 'node:assert/strict'
import {mock, test} from 'node:test'
import {androidChrome} from '../support/android.js'
import {fakePage} from '../support/page.js'

mock.method(console, 'error', () => {}) // a source tree has no model to offer examples of
const chrome = androidChrome()
/** @type {{kind: string, body: object}[]} */ const asked = []
chrome.runtime.sendMessage = async (/** @type {{kind: string, body: object}} */ message) => {
  asked.push(message)
  return {ok: true, value: {}}
}
const page = fakePage({text: 'textarea'})
Object.assign(globalThis, {chrome, ...page.globals})
await import('../../../extension/ui/popup/popup.js')

test('no button for a side panel is offered', () => {
  assert.equal(page.byId('panel').hidden, true)
})

test('the button for the page asks for the view of the tab beneath, and closes the popup', async () => {
  page.byId('page').click()
  for (let turn = 0; turn < 100 && !page.window.closed; turn++) await new Promise(setImmediate)
  assert.deepEqual(asked.at(-1), {kind: 'view_page', body: {tabId: 7}})
  assert.equal(page.window.closed, true)
  assert.equal(page.byId('failed').textContent, '')
})
