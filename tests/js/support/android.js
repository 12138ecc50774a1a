// The extension's interface of Firefox for Android, as far as our pages ask for it: without menus,
// shortcuts, windows, side panels and sidebars.
// https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/Browser_support_for_JavaScript_APIs

/** An event of the browser: `fire` calls who listens. */
export function event() {
  /** @type {((...values: any[]) => unknown)[]} */ const listeners = []
  return {
    addListener: (/** @type {(...values: any[]) => unknown} */ listener) => {
      listeners.push(listener)
    },
    removeListener() {},
    fire: (/** @type {any[]} */ ...values) => listeners.map((listener) => listener(...values)),
  }
}

/** @returns {any} Its own `opened` lists the addresses of new tabs, `ran` the scripts of pages. */
export function androidChrome() {
  const area = () => ({
    get: async () => ({}),
    set: async () => {},
    remove: async () => {},
    onChanged: event(),
  })
  /** @type {string[]} */ const opened = []
  /** @type {object[]} */ const ran = []
  return {
    opened,
    ran,
    runtime: {
      id: 'own',
      getURL: (/** @type {string} */ path) => `moz-extension://own/${path}`,
      getManifest: () => ({default_locale: 'en', version: '1.0'}),
      getPlatformInfo: async () => ({os: 'android'}),
      onInstalled: event(),
      onStartup: event(),
      onMessage: event(),
      onConnect: event(),
      sendMessage: async () => ({ok: true, value: {}}),
      openOptionsPage: async () => {},
    },
    i18n: {
      getMessage: (/** @type {string} */ key) => (key === 'ui_language' ? 'en' : key),
      getUILanguage: () => 'en',
    },
    storage: {local: area(), session: area()},
    scripting: {
      executeScript: async (/** @type {object} */ injection) => {
        ran.push(injection)
        return [{result: true}]
      },
    },
    tabs: {
      query: async () => [{id: 7}],
      create: async (/** @type {{url: string}} */ {url}) => {
        opened.push(url)
        return {id: 8}
      },
      sendMessage: async () => {},
    },
  }
}
