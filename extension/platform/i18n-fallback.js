// The interface's words where the browser has none.
// Workaround: Chromium fetches them once for all pages of an extension, when the first one asks. If
// that fails, no page has a word until the browser ends. Seen at two of 170 starts of Chromium 156
// on a busy machine; no report was found. It may go when Chromium tries again.

/** @typedef {(key: string, values?: string[]) => string} GetMessage */

/** `chrome.i18n.getMessage`, or its substitute. @returns {Promise<GetMessage>} */
export async function readMessages() {
  /** @type {GetMessage} */ const browsers = (key, values) => chrome.i18n.getMessage(key, values)
  if (browsers('ui_language')) return browsers
  const language = chrome.i18n.getUILanguage()
  const locales = [
    language.replace('-', '_'),
    language.split('-')[0],
    chrome.runtime.getManifest().default_locale,
  ]
  for (const locale of locales) {
    const table = await readTable(`_locales/${locale}/messages.json`)
    if (table)
      return (key, values = []) =>
        filled(table[key]).replace(/\$([$1-9])/g, (_, sign) =>
          sign === '$' ? '$' : (values[Number(sign) - 1] ?? ''),
        )
  }
  return browsers
}

/**
 * @typedef {{message: string, placeholders?: Record<string, {content: string}>}} Message
 */

/** A message with its named placeholders filled. @param {Message} [entry] */
function filled({message, placeholders = {}} = {message: ''}) {
  return message.replace(
    /\$([\w@]+)\$/g,
    (whole, name) => placeholders[name.toLowerCase()]?.content ?? whole,
  )
}

/**
 * @param {string} path
 * @returns {Promise<Record<string, Message> | null>} Null for a language that the
 *   extension does not speak.
 */
async function readTable(path) {
  try {
    return await (await fetch(chrome.runtime.getURL(path))).json()
  } catch {
    return null
  }
}
