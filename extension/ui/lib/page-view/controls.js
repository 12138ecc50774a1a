// What a user sees and does of a page view: progress, the page's labels with their counts,
// filter, walk. The docked panel and the side panel show the same.

import {scoreInWords, tint} from '../labels.js'
import {number, percent, t} from '../i18n.js'
import {scoreFor} from '../prediction.js'
import {placeAmong, summarize} from './summary.js'

/**
 * @typedef {import('../labels.js').Label} Label
 * @typedef {import('./job.js').JobState} JobState
 * @typedef {ReturnType<typeof import('./job.js').createJob>} Job
 */

const MEGABYTE = 2 ** 20
const TENTHS = {maximumFractionDigits: 1}

/**
 * Build the controls into `place`.
 * @param {HTMLElement} place @param {Map<string, Label>} labels
 * @param {{job: () => Job | null, again: () => void}} acts  `again`: begin a new view of the same
 *   tab.
 * @returns {(state: JobState) => void} Shows a state.
 */
export function buildControls(place, labels, {job, again}) {
  const line = make('p', 'view-line')
  const spoken = make('p', 'unseen') // the line changes many times a second; this says what matters
  spoken.setAttribute('role', 'status')
  const bar = document.createElement('progress')
  bar.setAttribute('aria-label', t('page_progress_label'))
  const notice = make('p', 'view-notice')
  notice.textContent = t('page_moved')
  const stop = button('stop', 'page_stop', () => job()?.stop())
  const goOn = button('go-on', 'page_go_on', () => job()?.goOn())
  const restart = button('again', 'page_again', again)
  const acts = make('div', 'view-acts', stop, goOn, restart)

  const shares = make('div', 'shares')
  shares.setAttribute('role', 'img')
  const list = make('ul', 'view-labels')
  list.setAttribute('aria-label', t('page_filter'))
  const rows = new Map([...labels.values()].map((label) => [label.id, row(label)]))
  list.append(...[...rows.values()].map(({item}) => item))
  const unclear = make('span', 'faint number')
  const all = button('all', 'page_show_all', () => job()?.show(null))
  all.className = 'quiet small'
  const summary = make(
    'div',
    'view-summary',
    shares,
    list,
    make('div', 'view-foot small', unclear, all),
  )

  const previous = button('previous', 'page_previous', () => job()?.walk(-1))
  const following = button('next', 'page_next', () => job()?.walk(1))
  const position = make('span', 'number faint small')
  const current = make('blockquote', 'view-current')
  current.setAttribute('aria-live', 'polite')
  const walk = make(
    'div',
    'view-walk',
    make('div', 'view-steps', previous, position, following),
    current,
  )

  const box = document.createElement('input')
  box.type = 'checkbox'
  box.addEventListener('change', () => job()?.follow(box.checked))
  const follow = make('label', 'view-follow small', box, document.createTextNode(t('page_follow')))

  place.replaceChildren(spoken, line, bar, acts, notice, summary, walk, follow)
  let said = ''
  return update

  /** @param {JobState} state */
  function update(state) {
    const {phase, done, total, sentences, shown, failure} = state
    const {clear, unclear: none, counts} = summarize(sentences, [...labels.keys()])
    place.dataset.phase = phase
    line.textContent = lineOf(state, clear)
    line.classList.toggle('failure', phase === 'failed')
    const milestone = phase === 'reading' ? t('phase_classifying') : line.textContent
    if (milestone !== said && phase !== 'loading') spoken.textContent = said = milestone

    bar.hidden = !['finding', 'loading', 'reading'].includes(phase)
    if (phase === 'finding' || !total) bar.removeAttribute('value')
    else [bar.max, bar.value] = [total, done]
    stop.hidden = phase !== 'loading' && phase !== 'reading'
    goOn.hidden = phase !== 'stopped' && phase !== 'failed'
    goOn.textContent = t(failure ? 'retry' : 'page_go_on')
    restart.hidden = phase !== 'empty' && !state.moved
    acts.hidden = stop.hidden && goOn.hidden && restart.hidden
    notice.hidden = !state.moved || phase === 'gone'

    summary.hidden = !sentences.length || phase === 'gone'
    const most = Math.max(1, ...[...counts.values()].map(({count}) => count))
    for (const [id, {count, share}] of counts) {
      const {item, toggle, track, value, part} = /** @type {ReturnType<typeof row>} */ (
        rows.get(id)
      )
      item.dataset.label = id
      item.dataset.count = String(count)
      toggle.disabled = count === 0
      toggle.setAttribute('aria-pressed', String(shown?.has(id) ?? false))
      track.style.setProperty('--score', String(count / most))
      value.textContent = String(count)
      part.style.flexGrow = String(share)
      part.hidden = count === 0
    }
    shares.setAttribute(
      'aria-label',
      [...counts]
        .filter(([, {count}]) => count)
        .map(([id, {share}]) => `${labels.get(id)?.name} ${percent(share)}`)
        .join(', '),
    )
    shares.hidden = !clear
    unclear.textContent = t('page_unclear', String(none))
    all.hidden = !shown

    walk.hidden = !clear || phase === 'gone'
    showCurrent(state)
    box.checked = state.follow
    follow.hidden = phase === 'gone' || phase === 'finding'
  }

  /** @param {JobState} state */
  function showCurrent({sentences, shown, current: number}) {
    const sentence = number === null ? undefined : sentences[number]
    current.hidden = !sentence
    position.textContent = ''
    if (!sentence || number === null) return
    const {place: at, of} = placeAmong(sentences, shown, number)
    position.textContent = t('page_position', String(at), String(of))
    if (current.dataset.sentence === String(number)) return
    current.dataset.sentence = String(number)
    const label = labels.get(sentence.prediction.label ?? '')
    tint(current, label)
    const score = scoreFor(sentence.prediction, sentence.prediction.label)
    const text = make('p', 'view-text')
    text.textContent = sentence.text.trim()
    const name = make('p', 'view-name')
    name.textContent = label
      ? `${label.emoji} ${label.name} ${scoreInWords(score, label)}`.trim()
      : t('no_clear_label')
    current.replaceChildren(name, text)
  }

  /** @param {Label} label */
  function row(label) {
    const track = make('span', 'track')
    const value = make('span', 'value')
    const name = make('span', 'name')
    name.textContent = label.name
    const emoji = make('span', 'view-emoji')
    emoji.textContent = label.emoji
    emoji.setAttribute('aria-hidden', 'true')
    const toggle = /** @type {HTMLButtonElement} */ (
      make('button', 'view-label', emoji, name, track, value)
    )
    toggle.type = 'button'
    toggle.addEventListener('click', () => job()?.toggle(label.id))
    const item = make('li', '', toggle)
    tint(item, label)
    const part = make('span', '')
    tint(part, label)
    shares.append(part)
    return {item, toggle, track, value, part}
  }
}

/** @param {JobState} state @param {number} clear */
function lineOf({phase, done, total, sentences, failure}, clear) {
  const counts = /** @type {const} */ ([number(done), number(total)])
  if (phase === 'finding') return t('page_finding')
  if (phase === 'loading' && !total) return t('phase_loading')
  if (phase === 'loading')
    return t('page_loading', number(done / MEGABYTE, TENTHS), number(total / MEGABYTE, TENTHS))
  if (phase === 'reading') return t('page_reading', ...counts)
  if (phase === 'stopped') return t('page_stopped', number(sentences.length))
  if (phase === 'failed') return t(`failure_${failure?.code}`)
  if (phase === 'done') return t('page_done', number(sentences.length), number(clear))
  return t(phase === 'empty' ? 'page_empty' : 'page_gone')
}

/** @param {string} id @param {string} name  The key of its message. @param {() => void} act */
function button(id, name, act) {
  const made = document.createElement('button')
  made.type = 'button'
  made.dataset.act = id
  made.textContent = t(name)
  made.addEventListener('click', act)
  return made
}

/**
 * @param {string} tag
 * @param {string} className
 * @param {...Node} children
 * @returns {HTMLElement}
 */
function make(tag, className, ...children) {
  const made = Object.assign(document.createElement(tag), {className})
  made.append(...children)
  return made
}
