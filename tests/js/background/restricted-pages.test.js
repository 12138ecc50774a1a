import assert from 'node:assert/strict'
import {test} from 'node:test'
import {isReadable, notesOnClosedPage} from '../../../extension/background/restricted-pages.js'

const OWN = 'chrome-extension://abcdefgh/'

test('scripts are tried on web pages, files and pages whose address is hidden, and nowhere else', () => {
  for (const address of ['http://a.test/', 'https://a.test/', 'file:///home/a.html', undefined])
    assert.equal(isReadable(address), true, address)
  for (const address of [
    'chrome://version',
    'about:config',
    'view-source:https://a.test/',
    'chrome-extension://other/x.html',
    'data:text/html,x',
  ]) {
    assert.equal(isReadable(address), false, address)
  }
})

test('each kind of closed page has its reason, and our own pages need none', () => {
  const reasons = {
    'chrome://version': ['browser_page'],
    'about:config': ['browser_page'],
    'view-source:https://a.test/': ['browser_page'],
    'edge://settings': ['browser_page'],
    'https://chromewebstore.google.com/category': ['store'],
    'https://chrome.google.com/webstore': ['store'],
    'https://addons.mozilla.org/en-US/firefox/': ['store'],
    'https://a.test/report.PDF?page=2': ['pdf'],
    'moz-extension://1234/page.html': ['extension_page'],
    'file:///home/a.html': ['local_file'],
    'https://bank.test/': ['refused'],
    [`${OWN}ui/welcome.html`]: [],
  }
  for (const [address, notes] of Object.entries(reasons))
    assert.deepEqual(notesOnClosedPage(address, OWN), notes, address)
  assert.deepEqual(notesOnClosedPage(undefined, OWN), ['refused'])
})
