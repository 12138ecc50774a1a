// The interface's words, from _locales.

/** @param {string} key @param {...string} values */
export function word(key, ...values) {
  return chrome.i18n.getMessage(key, values)
}

/** Fill in every element that names its word: its text, or with `data-word-label` its accessible name. @param {Document} page */
export function translate(page) {
  page.documentElement.lang = chrome.i18n.getUILanguage()
  page.documentElement.dir = word('@@bidi_dir')
  for (const element of page.querySelectorAll('[data-word]')) element.textContent = word(element.getAttribute('data-word') ?? '')
  for (const element of page.querySelectorAll('[data-word-label]')) {
    element.setAttribute('aria-label', word(element.getAttribute('data-word-label') ?? ''))
  }
}

/**
 * The string for the reader's language out of a table by locale.
 * @param {Record<string, string>} strings  By locale, like `pt_BR`.
 * @param {string} otherwise
 */
export function localized(strings, otherwise) {
  const language = chrome.i18n.getUILanguage()
  return strings[language.replace('-', '_')] ?? strings[language.split('-')[0]] ?? strings.en ?? otherwise
}
