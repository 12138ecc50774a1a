// The sentences of a result as rows: their order, and the files that they are saved to.

import {scoreFor} from '../lib/prediction.js'

/**
 * @typedef {import('../../shared/messages.js').Prediction} Prediction
 * @typedef {{number: number, text: string, prediction: Prediction}} Row
 *   `number` counts from 1 in the order of the text.
 * @typedef {'number' | 'text' | 'label' | 'score'} Column
 * @typedef {{column: Column, descending: boolean}} Order
 */

/**
 * The score of the label that a sentence is given; where it is given none, the best of all.
 * @param {Prediction} prediction
 */
export function scoreOf(prediction) {
  return prediction.label === null
    ? Math.max(0, ...prediction.scores.map(({score}) => score))
    : scoreFor(prediction, prediction.label)
}

/**
 * @param {Row[]} rows
 * @param {Order} order
 * @param {string[]} labels  Ids, in the order in which they are sorted; none at all comes last.
 * @param {string} language  BCP 47, for the order of texts.
 * @returns {Row[]} Rows that are equal there keep the order of the text, whatever the direction.
 */
export function sorted(rows, {column, descending}, labels, language) {
  const {compare} = new Intl.Collator(language)
  /** @param {Row} row */
  const place = ({prediction: {label}}) => (label === null ? labels.length : labels.indexOf(label))
  /** @type {Record<Column, (a: Row, b: Row) => number>} */
  const by = {
    number: (a, b) => a.number - b.number,
    text: (a, b) => compare(a.text, b.text),
    label: (a, b) => place(a) - place(b),
    score: (a, b) => scoreOf(a.prediction) - scoreOf(b.prediction),
  }
  const direction = descending ? -1 : 1
  return [...rows].sort((a, b) => direction * by[column](a, b) || a.number - b.number)
}

// A spreadsheet would take a text that begins like this for a formula and run it; the text comes
// from a web page.
const FORMULA = /^[=+\-@\t\r]/

/**
 * As RFC 4180 has it, with the mark by which spreadsheets know UTF-8: a line a sentence, a column a
 * label. Texts that look like formulas
 * are preceded by an apostrophe.
 * @param {Row[]} rows @param {string[]} labels
 */
export function toCsv(rows, labels) {
  const lines = rows.map(({number, text, prediction}) => {
    const scores = new Map(prediction.scores.map(({label, score}) => [label, score]))
    return [
      number,
      FORMULA.test(text) ? `'${text}` : text,
      prediction.labels.join(' '),
      ...labels.map((label) => scores.get(label) ?? ''),
    ]
  })
  return `\uFEFF${[['number', 'text', 'labels', ...labels], ...lines].map((line) => line.map(field).join(',')).join('\r\n')}\r\n`
}

/** @param {string | number} value */
function field(value) {
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/**
 * @param {Row[]} rows
 * @param {{source: string, at: string, model: {name: string, version: string}}} about
 */
export function toJson(rows, about) {
  const sentences = rows.map(({number, text, prediction: {label, labels, scores}}) => ({
    number,
    text,
    label,
    labels,
    scores: Object.fromEntries(scores.map(({label: id, score}) => [id, score])),
  }))
  return `${JSON.stringify({...about, sentences}, null, 2)}\n`
}
