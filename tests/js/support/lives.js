// A background that the browser stops and starts again: each life has modules of its own, while
// the browser, its storage.session above all, stays.
import {register} from 'node:module'
import {event} from './android.js'

const HOOK = `export async function resolve(specifier, context, next) {
  const found = await next(specifier, context)
  const life = context.parentURL && new URL(context.parentURL).searchParams.get('life')
  if (life && found.url.includes('/extension/')) found.url += '?life=' + life
  return found
}`
register(`data:text/javascript,${encodeURIComponent(HOOK)}`)

const BACKGROUND = new URL('../../../extension/background/background.js', import.meta.url)
export const TAB = 7
let lives = 0

/**
 * @param {object} [options]
 * @param {boolean} [options.storageRefuses]
 * @param {(injection: any) => Promise<unknown>} [options.executeScript]
 */
export function createBrowser({storageRefuses = false, executeScript} = {}) {
  /** @type {Map<string, unknown>} */ const session = new Map()
  const refuse = async () => {
    throw new Error('QuotaExceededError')
  }
  const browser = {
    session,
    /** @type {any[]} */ ran: [],
    /** @type {string[]} */ windows: [],
    /** @type {any[]} */ told: [],
    /** What the page's scripts answer. */
    /** @type {(message: any) => unknown} */ hear: () => undefined,
    /** @type {any} */ chrome: undefined,
    start,
    ask: (/** @type {string} */ kind, /** @type {object} */ body) =>
      send({kind, body}, {id: 'own', url: 'chrome-extension://own/ui/card/card.html'}),
    report: (/** @type {string} */ kind, /** @type {object} */ body, tab = TAB) =>
      send({kind, body}, {id: 'own', url: 'http://page.test/', tab: {id: tab}, frameId: 0}),
  }

  /** A background that knows nothing of those before it, which hear of nothing any more. */
  async function start() {
    browser.chrome = {
      commands: {onCommand: event()},
      contextMenus: {onClicked: event(), removeAll: async () => {}, create() {}},
      i18n: {getMessage: (/** @type {string} */ key) => key, getUILanguage: () => 'en'},
      runtime: {
        id: 'own',
        getURL: (/** @type {string} */ path) => `chrome-extension://own/${path}`,
        getManifest: () => ({default_locale: 'en', version: '1.0'}),
        onInstalled: event(),
        onStartup: event(),
        onMessage: event(),
      },
      scripting: {
        async executeScript(/** @type {any} */ injection) {
          browser.ran.push(injection)
          return executeScript ? executeScript(injection) : [{result: null}]
        },
      },
      storage: {
        local: {get: async () => ({}), set: refuse, remove: async () => {}, onChanged: event()},
        session: {
          get: async (/** @type {string | null} */ key) =>
            key === null ? Object.fromEntries(session) : {[key]: session.get(key)},
          set: storageRefuses
            ? refuse
            : async (/** @type {object} */ items) => {
                for (const [key, value] of Object.entries(items))
                  session.set(key, structuredClone(value))
              },
          remove: async (/** @type {string | string[]} */ keys) => {
            for (const key of [keys].flat()) session.delete(key)
          },
          onChanged: event(),
        },
      },
      tabs: {
        async sendMessage(/** @type {number} */ tab, /** @type {any} */ message) {
          browser.told.push({tab, ...message})
          return browser.hear(message)
        },
      },
      windows: {
        async create(/** @type {{url: string}} */ {url}) {
          browser.windows.push(url)
        },
      },
    }
    Object.assign(globalThis, {chrome: browser.chrome})
    const {listen} = await import(`${BACKGROUND}?life=${++lives}`)
    listen(async () => {})
  }

  /** @param {object} message @param {object} sender @returns {Promise<any>} */
  function send(message, sender) {
    return new Promise((resolve) => {
      browser.chrome.runtime.onMessage.fire(message, sender, resolve)
    })
  }
  return browser
}
