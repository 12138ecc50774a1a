// A row of the table of sentences.

import {make} from '../lib/dom.js'
import {createExplanation} from '../lib/explanation.js'
import {t} from '../lib/i18n.js'
import {scoreInWords, tint} from '../lib/labels.js'
import {scoreOf} from './sentences.js'

/**
 * @typedef {import('../lib/labels.js').Label} Label
 * @typedef {import('./sentences.js').Row} Row
 */

/**
 * @param {Row} row
 * @param {Map<string, Label>} labels
 * @param {((row: Row) => void) | null} chosen  Called where the sentence is clicked; null where it
 *   cannot be shown in its page.
 */
export function tableRow(row, labels, chosen) {
  const {number, prediction} = row
  const label = prediction.label === null ? undefined : labels.get(prediction.label)
  const text = row.text.trim()
  const sentence = make('td', 'text')
  const name = make('td', 'label', label ? `${label.emoji} ${label.name}`.trim() : '–')
  const score = make('td', 'score', scoreInWords(scoreOf(prediction), label))
  const made = make('tr', '', make('td', 'number', String(number)), sentence, name, score)
  made.dataset.sentence = String(number)
  made.dataset.winner = prediction.label ?? ''
  sentence.dir = 'auto'
  if (!label) {
    sentence.append(text)
    name.setAttribute('aria-label', t('no_clear_label'))
    return made
  }
  const {button, place} = explanation(text, label.id, labels)
  tint(made, label)
  sentence.append(chosen ? linkToPage(text, () => chosen(row)) : text, place)
  score.append(button)
  return made
}

/** @param {string} text @param {() => void} act */
function linkToPage(text, act) {
  const made = make('button', 'quiet', text)
  made.type = 'button'
  made.addEventListener('click', act)
  return made
}

/** @param {string} text @param {string} label  An id. @param {Map<string, Label>} labels */
function explanation(text, label, labels) {
  const place = make('div', 'why')
  place.hidden = true
  const button = make('button', 'quiet small explain')
  button.type = 'button'
  button.ariaLabel = t('why') // shown by the style, so that the cell's text is the score alone
  createExplanation(
    button,
    place,
    () => labels,
    () => ({text, label}),
  )
  return {button, place}
}
