// The table of sentences: sorted by its column heads, filtered by label.

import {sorted} from './sentences.js'
import {tableRow} from './table-row.js'

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
    body.append(
      ...shown
        .slice(from, from + ROWS_AT_ONCE)
        .map((row) => tableRow(row, labels, linked ? chosen : null)),
    )
    if (from + ROWS_AT_ONCE < shown.length) setTimeout(() => build(shown, from + ROWS_AT_ONCE, own))
  }

  function shownRows() {
    return only ? rows.filter(({prediction}) => (prediction.label ?? 'none') === only) : rows
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
