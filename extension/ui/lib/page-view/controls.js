// What a user sees and does of a page view: progress, the page's labels with their counts, filter,
// walk. The docked panel and the side panel show the same.

import {actButton, make} from '../dom.js'
import {bytesInWords, number, t} from '../i18n.js'
import {buildCurrent} from './current.js'
import {buildSummary} from './label-counts.js'
import {summarize} from './summary.js'

/**
 * @typedef {import('../labels.js').Label} Label
 * @typedef {import('./job.js').JobState} JobState
 * @typedef {ReturnType<typeof import('./job.js').createJob>} Job
 */

/**
 * Build the controls into `place`.
 * @param {HTMLElement} place @param {Map<string, Label>} labels
 * @param {{job: () => Job | null, again: () => void}} acts  `again`: begin a new view of the same
 *   tab.
 * @returns {(state: JobState) => void} Shows a state.
 */
export function buildControls(place, labels, {job, again}) {
  const progress = buildProgress(job, again)
  const summary = buildSummary(labels, job)
  const walk = buildCurrent(labels, job)
  const box = document.createElement('input')
  box.type = 'checkbox'
  box.addEventListener('change', () => job()?.follow(box.checked))
  const follow = make('label', 'view-follow small', box, t('page_follow'))
  place.replaceChildren(...progress.parts, summary.part, walk.part, follow)

  return (state) => {
    const {phase, sentences} = state
    const counted = summarize(sentences, [...labels.keys()])
    place.dataset.phase = phase
    progress.update(state, counted.clear)
    summary.part.hidden = !sentences.length || phase === 'gone'
    summary.update(counted, state.shown)
    walk.part.hidden = !counted.clear || phase === 'gone'
    walk.update(state)
    box.checked = state.follow
    follow.hidden = phase === 'gone' || phase === 'finding'
  }
}

/**
 * How far the view is, and the buttons that stop it or go on.
 * @param {() => Job | null} job @param {() => void} again
 */
function buildProgress(job, again) {
  const line = make('p', 'view-line')
  const spoken = make('p', 'unseen') // the line changes many times a second; this says what matters
  spoken.setAttribute('role', 'status')
  const bar = document.createElement('progress')
  bar.setAttribute('aria-label', t('page_progress_label'))
  const notice = make('p', 'view-notice', t('page_moved'))
  const stop = actButton('stop', t('page_stop'), () => job()?.stop())
  const goOn = actButton('go-on', t('page_go_on'), () => job()?.goOn())
  const restart = actButton('again', t('page_again'), again)
  const acts = make('div', 'view-acts', stop, goOn, restart)
  let said = ''

  /** @param {JobState} state @param {number} clear */
  function update(state, clear) {
    const {phase, done, total, failure} = state
    line.textContent = lineOf(state, clear)
    line.classList.toggle('failure', phase === 'failed')
    const milestone = phase === 'reading' ? t('phase_classifying') : line.textContent
    if (milestone !== said && phase !== 'loading') spoken.textContent = said = milestone

    bar.hidden = !['finding', 'loading', 'reading'].includes(phase)
    if (phase === 'finding' || !total) bar.removeAttribute('value')
    else [bar.max, bar.value] = [total, done]
    stop.hidden = phase !== 'loading' && phase !== 'reading'
    goOn.hidden = phase !== 'stopped' && (phase !== 'failed' || failure?.hint !== 'retry')
    goOn.textContent = t(failure ? 'retry' : 'page_go_on')
    restart.hidden = phase !== 'empty' && !state.moved
    acts.hidden = stop.hidden && goOn.hidden && restart.hidden
    notice.hidden = !state.moved || phase === 'gone'
  }

  return {parts: [spoken, line, bar, acts, notice], update}
}

/** @param {JobState} state @param {number} clear */
function lineOf({phase, done, total, sentences, failure}, clear) {
  const counts = /** @type {const} */ ([number(done), number(total)])
  if (phase === 'finding') return t('page_finding')
  if (phase === 'loading' && !total) return t('phase_loading')
  if (phase === 'loading') return bytesInWords('loading', done, total)
  if (phase === 'reading') return t('page_reading', ...counts)
  if (phase === 'stopped') return t('page_stopped', number(sentences.length))
  if (phase === 'failed') return t(`failure_${failure?.code}`)
  if (phase === 'done') return t('page_done', number(sentences.length), number(clear))
  return t(phase === 'empty' ? 'page_empty' : 'page_gone')
}
