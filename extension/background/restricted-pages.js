// Which pages no extension may read, as far as their addresses tell.

/** @typedef {import('../shared/messages.js').Note} Note */

const READABLE = /^(https?|file):$/
const OTHER_EXTENSIONS = /^(chrome|moz|extension|safari-web)-extension:$|^extension:$/
const STORES = [
  'chromewebstore.google.com/',
  'chrome.google.com/webstore',
  'addons.mozilla.org/',
  'microsoftedge.microsoft.com/addons',
]

/**
 * Whether a script may run on such a page at all; whether it may on this very one, only the browser
 * knows.
 * @param {string | undefined} address
 */
export function isReadable(address) {
  return address === undefined || READABLE.test(schemeOf(address))
}

/**
 * What to tell the user of a page that no script was let into.
 * @param {string | undefined} address  Of the page; the browser hides some.
 * @param {string} own  The address under which our own pages stand.
 * @returns {Note[]}
 */
export function notesOnClosedPage(address, own) {
  if (address === undefined) return ['refused']
  if (address.startsWith(own)) return []
  const scheme = schemeOf(address)
  if (OTHER_EXTENSIONS.test(scheme)) return ['extension_page']
  if (!isReadable(address)) return ['browser_page']
  if (STORES.some((store) => address.startsWith(`https://${store}`))) return ['store']
  if (/\.pdf$/i.test(new URL(address).pathname)) return ['pdf']
  return [scheme === 'file:' ? 'local_file' : 'refused']
}

/** @param {string} address */
function schemeOf(address) {
  return /^[^:]*:/.exec(address)?.[0].toLowerCase() ?? ''
}
