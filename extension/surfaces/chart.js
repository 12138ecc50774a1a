// The one way to draw a result: the winner by name, a bar a label, the small print.

import {tint} from './labels.js'
import {word} from './words.js'

/**
 * @typedef {import('./labels.js').Label} Label
 * @typedef {import('../shared/messages.js').Result} Result
 */

/**
 * Draw a result into `place`, or draw anew what stands there: bars glide instead of jumping.
 * @param {HTMLElement} place @param {Result} result @param {Map<string, Label>} labels
 */
export function drawResult(place, {verdict, ms}, labels) {
  const winner = verdict.label === null ? undefined : labels.get(verdict.label)
  const winnerScore = verdict.scores.find(({label}) => label === verdict.label)?.score ?? 0
  const headline = part(place, 'h1', 'winner')
  headline.textContent = winner ? `${winner.emoji} ${winner.name} ${percent(winnerScore)}`.trim() : word('no_clear_label')
  headline.dataset.winner = verdict.label ?? ''

  const list = part(place, 'ul', 'bars')
  if (list.children.length !== verdict.scores.length) list.replaceChildren(...verdict.scores.map(({label}) => row(label, labels)))
  verdict.scores.forEach(({label, score}, index) => {
    const line = /** @type {HTMLElement} */ (list.children[index])
    line.dataset.score = String(score)
    line.classList.toggle('wins', label === verdict.label)
    const [, track, value] = /** @type {HTMLElement[]} */ ([...line.children])
    track.style.setProperty('--score', String(score))
    value.textContent = percent(score)
  })

  const small = part(place, 'p', 'latency')
  small.dataset.latency = String(ms.total)
  small.textContent = word('latency', ms.total < 10 ? ms.total.toFixed(1) : ms.total.toFixed(0))
}

/** @param {string} id @param {Map<string, Label>} labels */
function row(id, labels) {
  const label = labels.get(id)
  const line = document.createElement('li')
  line.dataset.label = id
  const [name, track, value] = ['name', 'track', 'value'].map((className) => Object.assign(document.createElement('span'), {className}))
  name.textContent = label?.name ?? id
  tint(track, label)
  line.append(name, track, value)
  return line
}

/** The element of a class in `place`, made if it is not there yet. @param {HTMLElement} place @param {string} tag @param {string} className */
function part(place, tag, className) {
  const found = place.querySelector(`.${className}`)
  if (found) return /** @type {HTMLElement} */ (found)
  const made = Object.assign(document.createElement(tag), {className})
  place.append(made)
  return made
}

/** @param {number} score */
function percent(score) {
  return new Intl.NumberFormat(chrome.i18n.getUILanguage(), {style: 'percent'}).format(score)
}
