// Keeps the web app on the device, so that it opens without a network. The model keeps itself:
// delivery/store.js.

/**
 * The builder writes it above this file. `files`: beside the page itself, relative to it.
 * `headers`: for hosts that cannot send any; an isolated page may use several threads.
 * @typedef {{cache: string, files: string[], headers: Record<string, string>}} Build
 */
const scope = /** @type {any} */ (self)
const {cache: own, files, headers} = /** @type {Build} */ (scope.BUILD)
const HOME = new URL('./', scope.location.href).href
const PREFIX = 'app-'

scope.addEventListener('install', (/** @type {any} */ event) => {
  event.waitUntil(keepAll().then(() => scope.skipWaiting()))
})

scope.addEventListener('activate', (/** @type {any} */ event) => {
  event.waitUntil(forgetOld().then(() => scope.clients.claim()))
})

scope.addEventListener('fetch', (/** @type {any} */ event) => {
  const {method, url, mode} = event.request
  const address = url.split(/[?#]/)[0]
  if (method !== 'GET' || !address.startsWith(HOME)) return
  const isPage = mode === 'navigate' && address === HOME
  if (isPage || files.includes(address.slice(HOME.length))) event.respondWith(answer(address))
})

async function keepAll() {
  const cache = await caches.open(own)
  await Promise.all(
    ['', ...files].map(async (file) => {
      const url = new URL(file, HOME).href
      // The page has one name in all versions; the names of all else hold a hash.
      const response = await fetch(url, {cache: file ? 'default' : 'reload'})
      if (!response.ok) throw new Error(`${url} answers ${response.status}`)
      await cache.put(url, await withHeaders(response))
    }),
  )
}

/** @param {Response} response */
async function withHeaders(response) {
  const all = new Headers(response.headers)
  for (const [name, value] of Object.entries(headers)) all.set(name, value)
  // The body is unpacked already.
  for (const name of ['Content-Encoding', 'Content-Length']) all.delete(name)
  return new Response(await response.blob(), {headers: all})
}

/** An open page may still ask for files of the version before: that one stays until the next. */
async function forgetOld() {
  const old = (await caches.keys()).filter((one) => one.startsWith(PREFIX) && one !== own)
  await Promise.all(old.slice(0, -1).map((one) => caches.delete(one)))
}

/** @param {string} url */
async function answer(url) {
  const cache = await caches.open(own)
  return (await cache.match(url)) ?? (await caches.match(url)) ?? fetch(url)
}
