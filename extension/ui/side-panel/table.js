// The table of sentences: sorted by its column heads, filtered by label.

import {createExplanation} from '../lib/explanation.js'
import {make} from '../lib/dom.js'
import {scoreInWords, tint} from '../lib/labels.js'
import {t} from '../lib/i18n.js'
import {scoreOf, sorted} from './sentences.js'

/**
 * @typedef {import('../lib/labels.js').Label} Label
 * @typedef {import('./sentences.js').Column} Column
 * @typedef {import('./sentences.js').Order} Order
 * @typedef {import('./sentences.js').Row} Row
 */

const ROWS_AT_ONCE = 150 // a long table is built in steps, so that the panel stays responsive

/**
 * @param {HTMLTableElement} table  With one button in each head, which names its column in
 *   `data-column`.
 * @param {Map<string, Label>} labels
 * @param {(row: Row) => void} chosen  Called where a row's sentence is clicked.
 */
export function createTable(table, labels, chosen) {
  const body = table.tBodies[0] ?? table.createTBody()
  const heads = [...table.querySelectorAll('th')]
  /** @type {Order} */ let order = {column: 'number', descending: false}
  /** @type {Row[]} */ let rows = []
  let only = ''
  let linked = false
  let building = 0

  for (const head of heads) {
    head.querySelector('button')?.addEventListener('click', () => {
      const column = /** @type {Column} */ (head.dataset.column)
      // Scores are looked at from the top.
      order = {column, descending: order.column === column ? !order.descending : column === 'score'}
      draw()
    })
  }

  function draw() {
    for (const head of heads) {
      const own = head.dataset.column === order.column
      if (own) head.setAttribute('aria-sort', order.descending ? 'descending' : 'ascending')
      else head.removeAttribute('aria-sort')
    }
    const shown = sorted(shownRows(), order, [...labels.keys()], document.documentElement.lang)
    body.replaceChildren()
    build(shown, 0, ++building)
  }

  /** @param {Row[]} shown @param {number} from @param {number} own */
  function build(shown, from, own) {
    if (own !== building) return // it was sorted again since
    body.append(...shown.slice(from, from + ROWS_AT_ONCE).map(line))
    if (from + ROWS_AT_ONCE < shown.length) setTimeout(() => build(shown, from + ROWS_AT_ONCE, own))
  }

  function shownRows() {
    return only ? rows.filter(({prediction}) => (prediction.label ?? 'none') === only) : rows
  }

  /** @param {Row} row */
  function line(row) {
    const {number, text, prediction} = row
    const label = prediction.label === null ? undefined : labels.get(prediction.label)
    const made = document.createElement('tr')
    made.dataset.sentence = String(number)
    made.dataset.winner = prediction.label ?? ''
    if (label) tint(made, label)
    const count = make('td', 'number', String(number))
    const sentence = make('td', 'text')
    const name = make('td', 'label')
    const score = make('td', 'score')
    made.append(count, sentence, name, score)
    const shownText = text.trim()
    if (linked && label) {
      const go = Object.assign(document.createElement('button'), {
        type: 'button',
        className: 'quiet',
        textContent: shownText,
      })
      go.addEventListener('click', () => chosen(row))
      sentence.append(go)
    } else sentence.textContent = shownText
    sentence.dir = 'auto'
    name.textContent = label ? `${label.emoji} ${label.name}`.trim() : '–'
    if (!label) name.setAttribute('aria-label', t('no_clear_label'))
    score.textContent = scoreInWords(scoreOf(prediction), label)
    if (label) {
      const {button, place} = explanation(shownText, label.id)
      score.append(button)
      sentence.append(place)
    }
    return made
  }

  /** @param {string} text @param {string} label */
  function explanation(text, label) {
    const place = Object.assign(document.createElement('div'), {className: 'why', hidden: true})
    const button = Object.assign(document.createElement('button'), {
      type: 'button',
      className: 'quiet small explain',
      ariaLabel: t('why'), // shown by the style, so that the cell's text is the score alone
    })
    createExplanation(
      button,
      place,
      () => labels,
      () => ({text, label}),
    )
    return {button, place}
  }

  return {
    /**
     * @param {Row[]} given
     * @param {boolean} inPage  Whether a sentence can be shown in its page.
     */
    show(given, inPage) {
      rows = given
      linked = inPage
      draw()
    },

    /** @param {string} label  An id; `none`: those without a clear label; empty: all. */
    filter(label) {
      only = label
      draw()
    },

    /** What is shown, in the order of the text. */
    rows: shownRows,
  }
}
