// The background is stopped in the middle of opening a card or a view: the next one goes on.
import assert from 'node:assert/strict'
import {beforeEach, mock, test} from 'node:test'
import {createBrowser, TAB} from '../support/lives.js'

const FOUND = {
  text: 'I feel so happy.',
  placed: true,
  docked: false,
  closed: null,
  secret: false,
  language: 'en',
  direction: 'ltr',
  places: true,
}
const FETCH = globalThis.fetch

beforeEach(() => {
  globalThis.fetch = async () => new Response('{}')
  mock.method(console, 'warn', () => {})
  return () => (globalThis.fetch = FETCH)
})

/** @typedef {ReturnType<typeof createBrowser>} FakeBrowser */

/** @param {FakeBrowser} browser @param {string} [url] */
function press(browser, url = 'http://page.test/') {
  browser.chrome.commands.onCommand.fire('classify-selection', {id: TAB, url})
}

/** The card that the scripts were told to open last. @param {FakeBrowser} browser */
function startOf(browser) {
  return browser.ran.findLast(({args}) => args).args[0]
}

/** @param {FakeBrowser} browser @param {string} prefix */
function kept(browser, prefix) {
  return [...browser.session.keys()].filter((key) => key.startsWith(prefix))
}

/** @param {() => boolean} holds */
async function until(holds) {
  for (let turn = 0; turn < 200 && !holds(); turn++)
    await new Promise((resolve) => setTimeout(resolve, 5))
  assert.ok(holds())
}

/** @param {object} [options] */
async function browserWithCard(options) {
  const browser = createBrowser(options)
  await browser.start()
  press(browser)
  const {id} = startOf(browser)
  return {browser, id}
}

test('all that the browser needs has left before the handler of the key returns', async () => {
  const browser = createBrowser()
  await browser.start()
  press(browser)
  assert.equal(browser.ran.length, 2, 'the scripts and what they are to begin with')
  assert.equal(kept(browser, 'occasion:').length, 1)
})

test('what a page’s script found reaches the card by way of a background that never saw the key', async () => {
  const {browser, id} = await browserWithCard()
  browser.hear = ({kind}) => kind === 'stands'
  await browser.start()
  const reported = browser.report('card_placed', {id, corner: false, found: FOUND})
  const {value} = await browser.ask('claim_request', {id, claimant: 'card'})
  assert.equal(value.text, FOUND.text)
  assert.deepEqual([value.where, value.keyboard, value.places], ['page', true, true])
  assert.deepEqual(await reported, {ok: true, value: {}})
  assert.equal(browser.windows.length, 0)
})

test('a text whose answer was lost is handed over again, to the same card alone, and then forgotten', async () => {
  const {browser, id} = await browserWithCard()
  void browser.report('card_placed', {id, corner: false, found: FOUND})
  await browser.ask('claim_request', {id, claimant: 'card'})
  browser.hear = ({kind}) => kind === 'stands'
  await browser.start()
  const other = await browser.ask('claim_request', {id, claimant: 'another'})
  assert.equal(other.code, 'expired')
  const again = await browser.ask('claim_request', {id, claimant: 'card'})
  assert.equal(again.value.text, FOUND.text)
  await browser.ask('forget_request', {id, claimant: 'another'})
  assert.equal(kept(browser, 'request:').length, 1)
  await browser.ask('forget_request', {id, claimant: 'card'})
  assert.equal(browser.session.size, 0)
  // The script reports again, as it never got its answer.
  await browser.report('card_placed', {id, corner: false, found: FOUND})
  assert.deepEqual([browser.session.size, browser.windows.length], [0, 0])
})

test('a card that the browser never got to is begun again, once', async () => {
  const {browser, id} = await browserWithCard({executeScript: () => new Promise(() => {})})
  await browser.start()
  await until(() => browser.ran.length === 4)
  assert.equal(startOf(browser).id, id)
})

test('a card that stands is not begun again', async () => {
  const {browser} = await browserWithCard()
  browser.hear = ({kind}) => kind === 'stands'
  await browser.start()
  await until(() => browser.told.some(({kind}) => kind === 'stands'))
  assert.equal(browser.ran.length, 2)
})

test('what was asked for long ago is let be', async () => {
  const {browser} = await browserWithCard()
  for (const [key, occasion] of browser.session)
    browser.session.set(key, {.../** @type {object} */ (occasion), at: Date.now() - 11_000})
  await browser.start()
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(browser.ran.length, 2)
})

test('a storage that takes nothing loses no card', async () => {
  const {browser, id} = await browserWithCard({storageRefuses: true})
  void browser.report('card_placed', {id, corner: false, found: FOUND})
  const {value} = await browser.ask('claim_request', {id, claimant: 'card'})
  assert.equal(value.text, FOUND.text)
})

test('a page’s script of another tab reports nothing, and asks for nothing', async () => {
  const {browser, id} = await browserWithCard()
  await browser.report('card_placed', {id, corner: false, found: FOUND}, TAB + 1)
  assert.equal(kept(browser, 'request:').length, 0)
  /** @type {unknown} */ let answered
  browser.chrome.runtime.onMessage.fire(
    {kind: 'claim_request', body: {id, claimant: 'x'}},
    {id: 'own', url: 'http://page.test/', tab: {id: TAB}},
    (/** @type {unknown} */ reply) => (answered = reply),
  )
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(answered, undefined)
})

test('a page that no script may enter has one window, also after a stop', async () => {
  const browser = createBrowser()
  await browser.start()
  press(browser, 'about:config')
  await until(() => browser.windows.length === 1)
  await browser.start()
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(browser.windows.length, 1)
  const id = browser.windows[0]?.split('#')[1]
  const {value} = await browser.ask('claim_request', {id, claimant: 'card'})
  assert.deepEqual([value.where, value.notes], ['window', ['browser_page', 'use_menu']])
})

test('a card that was closed before it asked leaves nothing', async (context) => {
  const {browser, id} = await browserWithCard()
  const reported = browser.report('card_placed', {id, corner: false, found: FOUND})
  await until(() => kept(browser, 'request:').length === 1)
  const now = performance.now()
  context.mock.method(performance, 'now', () => now + 20_000)
  assert.deepEqual(await reported, {ok: true, value: {}})
  assert.deepEqual([browser.session.size, browser.windows.length], [0, 0])
})

test('a view whose panel got no frame has its window from a background that never saw the click', async () => {
  const browser = createBrowser()
  await browser.start()
  browser.chrome.contextMenus.onClicked.fire({menuItemId: 'classify-page'}, {id: TAB})
  browser.hear = ({kind}) => kind === 'stands'
  await browser.start()
  await browser.report('view_placed', {placed: false})
  assert.deepEqual(browser.windows, [
    `chrome-extension://own/ui/page-panel/page-panel.html#tab=${TAB}`,
  ])
  await browser.report('view_placed', {placed: false}) // its answer was lost
  assert.equal(browser.windows.length, 1)
})

test('a view that the browser never got to is begun again', async () => {
  const browser = createBrowser({executeScript: () => new Promise(() => {})})
  await browser.start()
  browser.chrome.contextMenus.onClicked.fire({menuItemId: 'classify-page'}, {id: TAB})
  await browser.start()
  await until(() => browser.ran.length === 2)
})
