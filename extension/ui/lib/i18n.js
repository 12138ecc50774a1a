// The interface's messages, from _locales.

import {readMessages} from '../../platform/i18n-fallback.js'

const getMessage = await readMessages()
const isRightToLeft = getMessage('ui_direction') === 'rtl'

/** @param {string} key @param {...string} values */
export function t(key, ...values) {
  return getMessage(key, isRightToLeft ? values.map(isolated) : values)
}

/** Of the words; undefined, which is the browser's own, where there are none. */
export const language = getMessage('ui_language') || undefined

/**
 * So that an English text in an Arabic sentence keeps its own order, its full stop included.
 * @param {string} value
 */
function isolated(value) {
  return `\u2068${value}\u2069`
}

/**
 * A number as the language of the words writes it.
 * @param {number} value
 * @param {Intl.NumberFormatOptions} [options]
 */
export function number(value, options) {
  return new Intl.NumberFormat(language, options).format(value)
}

/** @param {number} share  In 0..1. */
export function percent(share) {
  const shown = number(share, {style: 'percent'})
  return isRightToLeft ? isolated(shown) : shown // after an Arabic word the sign would change sides
}

/**
 * A time without its unit. What is remembered takes none to speak of, and “0.0” would look wrong.
 * @param {number} ms
 */
export function milliseconds(ms) {
  if (ms < 1) return `<\u00a0${number(1)}`
  const digits = ms < 10 ? 1 : 0
  return number(ms, {minimumFractionDigits: digits, maximumFractionDigits: digits})
}

const MEGABYTE = 1e6

/**
 * How much of the model has come, from its server or from the disk.
 * @param {'downloading' | 'loading'} phase
 * @param {number} done  Bytes.
 * @param {number} total
 */
export function bytesInWords(phase, done, total) {
  const megabytes = (/** @type {number} */ bytes) =>
    number(bytes / MEGABYTE, {minimumFractionDigits: 1, maximumFractionDigits: 1})
  return t(
    phase === 'downloading' ? 'model_downloading' : 'page_loading',
    megabytes(done),
    megabytes(total),
  )
}

// What an attribute of an element may say, beside its text.
const ATTRIBUTES = {
  'data-i18n-label': 'aria-label',
  'data-i18n-placeholder': 'placeholder',
  'data-i18n-title': 'title',
}

/**
 * Fill in every element that names its message: `data-i18n` its text, `data-i18n-label` its
 * accessible name, `data-i18n-placeholder` and `data-i18n-title` the attribute of that name.
 * Language and direction were set by first-paint.js, if it knew them.
 * @param {Document} page
 */
export function translate(page) {
  Object.assign(page.documentElement, {lang: t('ui_language'), dir: t('ui_direction')})
  for (const element of page.querySelectorAll('[data-i18n]'))
    element.textContent = t(element.getAttribute('data-i18n') ?? '')
  for (const [source, target] of Object.entries(ATTRIBUTES)) {
    for (const element of page.querySelectorAll(`[${source}]`))
      element.setAttribute(target, t(element.getAttribute(source) ?? ''))
  }
}

/**
 * The string for the user's language out of a table by locale.
 * @param {Record<string, string>} strings  By locale, like `pt_BR`.
 * @param {string} otherwise
 */
export function localized(strings, otherwise) {
  const [browser, words] = [chrome.i18n.getUILanguage(), t('ui_language')]
  // As the words around it; only where the words fell back to English, the model may know the
  // user's language better.
  const languages = (words === 'en' ? [browser, words] : [words, browser]).flatMap((language) => [
    language.replace('-', '_'),
    language.replace(/-.*/, ''),
  ])
  return [...languages, 'en'].map((language) => strings[language]).find(Boolean) ?? otherwise
}
