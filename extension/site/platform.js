// What the extension's modules ask of the browser's `chrome`, on a web page: words, storage, and
// the way to the engine's host, which is in the same page here.

/**
 * @typedef {(message: any) => void} Take
 * @typedef {{kind: string, body: any}} Call
 */

const APP = new URL('../', import.meta.url)
const ID = 'site' // isOwnPage compares it with the sender's

/** @template {(...given: any[]) => void} L */
function listeners() {
  /** @type {Set<L>} */ const all = new Set()
  return {
    /** @param {L} listener */ addListener: (listener) => void all.add(listener),
    /** @param {Parameters<L>} given */
    tell: (...given) => {
      for (const listener of all) listener(...given)
    },
  }
}

const connected = listeners()
const changed = listeners()
/** @type {(call: Call) => Promise<unknown>} */ let background = async () => {
  throw new Error('The engine has no host yet')
}

/** Who answers `call`s. @param {(call: Call) => Promise<unknown>} answer */
export function setBackground(answer) {
  background = answer
}

/** The two ends of a port, which tell each other in turns of their own as the browser's do. */
function connect({name = ''} = {}) {
  const [here, there] = [end(name), end(name)]
  join(here, there)
  join(there, here)
  connected.tell(Object.assign(there, {sender: {id: ID, url: APP.href}}))
  return here
}

/** @param {string} name */
function end(name) {
  return {
    name,
    onMessage: listeners(),
    onDisconnect: listeners(),
    postMessage: /** @type {Take} */ (() => {}),
    disconnect: () => {},
  }
}

/** @param {ReturnType<typeof end>} from @param {ReturnType<typeof end>} to */
function join(from, to) {
  let open = true
  from.postMessage = (message) => {
    if (open) queueMicrotask(() => to.onMessage.tell(message))
  }
  from.disconnect = () => {
    if (open) queueMicrotask(() => to.onDisconnect.tell())
    open = false
  }
}

/** storage.local, in localStorage; where that is refused nothing is kept. */
const local = {
  /** @param {string | string[]} keys */
  async get(keys) {
    const found = [keys].flat().map((key) => [key, read(key)])
    return Object.fromEntries(found.filter(([, value]) => value !== undefined))
  },

  /** @param {Record<string, unknown>} values */
  async set(values) {
    for (const [key, value] of Object.entries(values))
      localStorage.setItem(key, JSON.stringify(value))
    changed.tell(values)
  },

  /** @param {string | string[]} keys */
  async remove(keys) {
    for (const key of [keys].flat()) localStorage.removeItem(key)
    changed.tell(Object.fromEntries([keys].flat().map((key) => [key, undefined])))
  },

  onChanged: changed,
}

/** @param {string} key */
function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '') ?? undefined
  } catch {
    return undefined
  }
}

const root = document.documentElement
// Chromium's pages have a `chrome` with other things.
const page = /** @type {any} */ (globalThis)
page.chrome ??= {}
Object.assign(page.chrome, {
  runtime: {
    id: ID,
    connect,
    onConnect: connected,
    getURL: (/** @type {string} */ path) => new URL(path, APP).href,
    getManifest: () => ({
      default_locale: root.dataset.defaultLocale ?? 'en',
      version: root.dataset.version ?? '0',
    }),
    sendMessage: async (/** @type {Call} */ call) => ({ok: true, value: await background(call)}),
  },
  // No words of the browser's: shared/i18n-fallback.js reads those of _locales.
  i18n: {getMessage: () => '', getUILanguage: () => root.lang},
  storage: {local},
})
