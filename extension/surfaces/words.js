// The interface's words, from _locales.

/** @param {string} key @param {...string} values */
export function word(key, ...values) {
  return chrome.i18n.getMessage(key, values)
}

// What an attribute of an element may say, beside its text.
const ATTRIBUTES = {'data-word-label': 'aria-label', 'data-word-placeholder': 'placeholder', 'data-word-title': 'title'}

/**
 * Fill in every element that names its word: `data-word` its text, `data-word-label` its accessible name, `data-word-placeholder` and
 * `data-word-title` the attribute of that name. Language and direction were set by first-paint.js.
 * @param {Document} page
 */
export function translate(page) {
  for (const element of page.querySelectorAll('[data-word]')) element.textContent = word(element.getAttribute('data-word') ?? '')
  for (const [source, target] of Object.entries(ATTRIBUTES)) {
    for (const element of page.querySelectorAll(`[${source}]`)) element.setAttribute(target, word(element.getAttribute(source) ?? ''))
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
