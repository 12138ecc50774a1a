// The sentence of a page that the user was taken to, and the buttons to the next ones.

import {actButton, make} from '../dom.js'
import {t} from '../i18n.js'
import {scoreInWords, tint} from '../labels.js'
import {scoreFor} from '../prediction.js'
import {placeAmong} from './summary.js'

/**
 * @typedef {import('../labels.js').Label} Label
 * @typedef {import('./job.js').JobState} JobState
 * @typedef {ReturnType<typeof import('./job.js').createJob>} Job
 */

/** @param {Map<string, Label>} labels @param {() => Job | null} job */
export function buildCurrent(labels, job) {
  const previous = actButton('previous', t('page_previous'), () => job()?.walk(-1))
  const next = actButton('next', t('page_next'), () => job()?.walk(1))
  const position = make('span', 'number faint small')
  const current = make('blockquote', 'view-current')
  current.setAttribute('aria-live', 'polite')

  /** @param {JobState} state */
  function update({sentences, shown, current: number}) {
    const sentence = number === null ? undefined : sentences[number]
    current.hidden = !sentence
    position.textContent = ''
    if (!sentence || number === null) return
    const {place, of} = placeAmong(sentences, shown, number)
    position.textContent = t('page_position', String(place), String(of))
    if (current.dataset.sentence === String(number)) return
    current.dataset.sentence = String(number)
    const {label: id} = sentence.prediction
    const label = labels.get(id ?? '')
    const score = scoreInWords(scoreFor(sentence.prediction, id), label)
    const name = label ? `${label.emoji} ${label.name} ${score}`.trim() : t('no_clear_label')
    tint(current, label)
    current.replaceChildren(
      make('p', 'view-name', name),
      make('p', 'view-text', sentence.text.trim()),
    )
  }

  const steps = make('div', 'view-steps', previous, position, next)
  return {part: make('div', 'view-walk', steps, current), update}
}
