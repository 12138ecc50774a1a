// The one way to draw a result: the winner by name, a bar a label, the small print.

import {tint} from './labels.js'
import {milliseconds, number, percent, t} from './i18n.js'
import {scoreFor} from './prediction.js'

/**
 * @typedef {import('./labels.js').Label} Label
 * @typedef {import('../../shared/messages.js').Result} Result
 * @typedef {import('../../shared/messages.js').Prediction} Prediction
 */

const ROWS = 6 // of a model with more labels than fit at a glance, this many are shown at first

/**
 * Draw a result into `place`, or redraw what is there: bars glide instead of jumping. A page
 * may put a heading of its own level
 * there before, with class `winner`.
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
  return `${label?.emoji ?? ''} ${label?.name ?? id} ${percent(scoreFor(prediction, id))}`.trim()
}

/** @param {HTMLElement} place @param {Prediction} prediction @param {Map<string, Label>} labels */
function drawWinner(place, prediction, labels) {
  const winner = prediction.label === null ? undefined : labels.get(prediction.label)
  const headline = part(place, 'h2', 'winner')
  const [emoji, name, share] = ['emoji', 'name', 'share'].map((className) =>
    Object.assign(document.createElement('span'), {className}),
  )
  emoji.textContent = winner?.emoji ?? ''
  emoji.ariaHidden = 'true'
  name.textContent = winner?.name ?? prediction.label ?? t('no_clear_label')
  share.textContent =
    prediction.label === null
      ? ''
      : percent(prediction.scores.find(({label}) => label === prediction.label)?.score ?? 0)
  headline.replaceChildren(
    ...[emoji, name, share]
      .filter((part) => part.textContent)
      .flatMap((part, index) => (index ? [' ', part] : [part])),
  )
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

/** @param {HTMLElement} place @param {Prediction} prediction @param {Map<string, Label>} labels */
function drawBars(place, {scores, labels: passing}, labels) {
  const list = part(place, 'ul', 'bars')
  const all = scores.length <= ROWS + 2 // to hide one or two would save nothing
  const order = all ? scores : [...scores].sort((a, b) => b.score - a.score)
  const known = new Map(
    /** @type {HTMLElement[]} */ ([...list.children]).map((line) => [
      line.dataset.label ?? '',
      line,
    ]),
  )
  const rows = order.map(({label}) => known.get(label) ?? row(label, labels))
  if (
    rows.some((line, index) => list.children[index] !== line) ||
    list.children.length !== rows.length
  )
    list.replaceChildren(...rows)
  order.forEach(({label, score}, index) => {
    const line = rows[index]
    line.dataset.score = String(score)
    line.classList.toggle('wins', passing.includes(label))
    line.classList.toggle('more', !all && index >= Math.max(ROWS, passing.length))
    const [, track, value] = /** @type {HTMLElement[]} */ ([...line.children])
    track.style.setProperty('--score', String(score))
    value.textContent = percent(score)
  })
  if (all) return
  const button = /** @type {HTMLButtonElement} */ (part(place, 'button', 'show-all'))
  const label = () => {
    const open = list.classList.contains('open')
    button.textContent = open ? t('chart_show_fewer') : t('chart_show_all', number(scores.length))
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

/** @param {string} id @param {Map<string, Label>} labels */
function row(id, labels) {
  const label = labels.get(id)
  const line = document.createElement('li')
  line.dataset.label = id
  const [name, track, value] = ['name', 'track', 'value'].map((className) =>
    Object.assign(document.createElement('span'), {className}),
  )
  name.textContent = label?.name ?? id
  tint(track, label)
  line.append(name, track, value)
  return line
}

/**
 * The element of a class in `place`, made if it is not there yet.
 * @param {HTMLElement} place
 * @param {string} tag
 * @param {string} className
 */
function part(place, tag, className) {
  const found = place.querySelector(`.${className}`)
  if (found) return /** @type {HTMLElement} */ (found)
  const made = Object.assign(document.createElement(tag), {className})
  place.append(made)
  return made
}
