// The interface's words where the browser has lost them. Chromium hands them to an extension's process once, when its first page asks; is that
// page closed in the middle of it, chrome.i18n knows no word for as long as the process lives (seen in one start of some sixty on a busy machine).

/** @typedef {(key: string, values?: string[]) => string} Words */

/** `chrome.i18n.getMessage`, or what stands in for it. @returns {Promise<Words>} */
export async function readWords() {
  /** @type {Words} */ const browsers = (key, values) => chrome.i18n.getMessage(key, values)
  if (browsers('words_language')) return browsers
  const language = chrome.i18n.getUILanguage()
  const locales = [language.replace('-', '_'), language.split('-')[0], chrome.runtime.getManifest().default_locale]
  for (const locale of locales) {
    const table = await readTable(`_locales/${locale}/messages.json`)
    if (table) return (key, values = []) => (table[key]?.message ?? '').replace(/\$([1-9])/g, (_, number) => values[number - 1] ?? '')
  }
  return browsers
}

/** @param {string} path @returns {Promise<Record<string, {message: string}> | null>} Null for a language that the extension does not speak. */
async function readTable(path) {
  try {
    return await (await fetch(chrome.runtime.getURL(path))).json()
  } catch {
    return null
  }
}
