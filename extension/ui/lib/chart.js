// The one way to draw a result: the winner by name, a bar a label, the small print.

import {make} from './dom.js'
import {scoreInWords, tint} from './labels.js'
import {milliseconds, number, t} from './i18n.js'
import {scoreFor} from './prediction.js'

/**
 * @typedef {import('./labels.js').Label} Label
 * @typedef {import('../../shared/messages.js').Result} Result
 * @typedef {import('../../shared/messages.js').Prediction} Prediction
 */

const ROWS = 6 // of a model with more labels than fit at a glance, this many are shown at first

/**
 * Draw a result into `place`, or redraw what is there: bars glide instead of jumping. A page
 * may put a heading of its own level there before,
 * with class `winner`.
 * @param {HTMLElement} place @param {Result} result @param {Map<string, Label>} labels
 */
export function drawResult(place, {prediction, ms}, labels) {
  drawWinner(place, prediction, labels)
  drawBars(place, prediction, labels)
  const small = part(place, 'p', 'latency')
  small.dataset.latency = String(ms.total)
  small.textContent = t('latency', milliseconds(ms.total))
}

/**
 * A label and its score in words, like “😄 Joy 93%”; what there is instead where none is clear.
 * @param {Prediction} prediction @param {Map<string, Label>} labels
 */
export function inWords(prediction, labels) {
  return prediction.label === null
    ? t('no_clear_label')
    : named(prediction, prediction.label, labels)
}

/** @param {Prediction} prediction @param {string} id @param {Map<string, Label>} labels */
function named(prediction, id, labels) {
  const label = labels.get(id)
  return `${label?.emoji ?? ''} ${label?.name ?? id} ${scoreInWords(scoreFor(prediction, id), label)}`.trim()
}

/** @param {HTMLElement} place @param {Prediction} prediction @param {Map<string, Label>} labels */
function drawWinner(place, prediction, labels) {
  const winner = prediction.label === null ? undefined : labels.get(prediction.label)
  const headline =
    /** @type {HTMLElement | null} */ (place.querySelector('.winner')) ??
    part(place, 'h2', 'winner')
  const emoji = make('span', 'emoji')
  const name = make('span', 'name')
  const share = make('span', 'share')
  emoji.textContent = winner?.emoji ?? ''
  emoji.ariaHidden = 'true'
  name.textContent = winner?.name ?? prediction.label ?? t('no_clear_label')
  share.textContent =
    prediction.label === null ? '' : scoreInWords(scoreFor(prediction, prediction.label), winner)
  headline.replaceChildren()
  for (const part of [emoji, name, share].filter((part) => part.textContent)) {
    if (headline.hasChildNodes()) headline.append(' ')
    headline.append(part)
  }
  headline.dataset.winner = prediction.label ?? ''
  tint(headline, winner)
  place.classList.toggle('unclear', prediction.label === null)

  // Beside the winner: the other labels that pass, or where none does, which comes closest.
  const closest = prediction.scores.reduce((best, score) =>
    score.score > best.score ? score : best,
  )
  const others = prediction.labels
    .slice(1)
    .map((id) => named(prediction, id, labels))
    .join(' · ')
  const line = part(place, 'p', 'others')
  line.textContent =
    prediction.label === null
      ? t('chart_closest', named(prediction, closest.label, labels))
      : others
  line.hidden = !line.textContent
}

/**
 * The rows that a list shows, by label.
 * @typedef {{line: HTMLElement, track: HTMLElement, value: HTMLElement}} Row
 * @type {WeakMap<HTMLElement, Map<string, Row>>}
 */
const rowsOf = new WeakMap()

/** @param {HTMLElement} place @param {Prediction} prediction @param {Map<string, Label>} labels */
function drawBars(place, {scores, labels: passing}, labels) {
  const list = part(place, 'ul', 'bars')
  const all = scores.length <= ROWS + 2 // to hide one or two would save nothing
  const order = all ? scores : [...scores].sort((a, b) => b.score - a.score)
  const rows = rowsOf.get(list) ?? new Map()
  rowsOf.set(list, rows)
  const lines = order.map(({label, score}, index) => {
    const {line, track, value} = rows.get(label) ?? createRow(label, labels)
    rows.set(label, {line, track, value})
    line.dataset.score = String(score)
    line.classList.toggle('wins', passing.includes(label))
    line.classList.toggle('more', !all && index >= Math.max(ROWS, passing.length))
    track.style.setProperty('--score', String(score))
    value.textContent = scoreInWords(score, labels.get(label))
    return line
  })
  const {children} = list
  if (children.length !== lines.length || lines.some((line, index) => children[index] !== line))
    list.replaceChildren(...lines)
  if (!all) drawToggle(place, list, scores.length)
}

/**
 * The button that shows all rows, or the first ones again.
 * @param {HTMLElement} place @param {HTMLElement} list @param {number} count
 */
function drawToggle(place, list, count) {
  const button = part(place, 'button', 'show-all')
  const label = () => {
    const open = list.classList.contains('open')
    button.textContent = open ? t('chart_show_fewer') : t('chart_show_all', number(count))
    button.ariaExpanded = String(open)
  }
  button.type = 'button'
  button.classList.add('quiet')
  button.onclick = () => {
    list.classList.toggle('open')
    label()
  }
  label()
}

/** @param {string} id @param {Map<string, Label>} labels @returns {Row} */
function createRow(id, labels) {
  const label = labels.get(id)
  const track = make('span', 'track')
  const value = make('span', 'value')
  const line = make('li', '', make('span', 'name', label?.name ?? id), track, value)
  line.dataset.label = id
  tint(track, label)
  return {line, track, value}
}

/**
 * The element of a class in `place`, made if it is not there yet.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {HTMLElement} place
 * @param {T} tag
 * @param {string} className
 * @returns {HTMLElementTagNameMap[T]}
 */
function part(place, tag, className) {
  const found = place.querySelector(`${tag}.${className}`)
  if (found) return /** @type {HTMLElementTagNameMap[T]} */ (found)
  const made = make(tag, className)
  place.append(made)
  return made
}
