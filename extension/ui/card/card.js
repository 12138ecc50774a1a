// The card: shows what the engine says of the text that it was opened for. It is in a frame on
// the page, or in a window.

import {asFailure} from '../../shared/failures.js'
import {call} from '../../platform/call.js'
import {drawResult} from '../lib/chart.js'
import {copy} from '../lib/copy.js'
import {byId} from '../lib/dom.js'
import {createExplanation} from '../lib/explanation.js'
import {colourOf, readLabels, scoreInWords, tint} from '../lib/labels.js'
import {showInSidePanel} from '../lib/side-panel.js'
import {applyTheme} from '../lib/theme.js'
import {bytesInWords, number, translate, t} from '../lib/i18n.js'
import {scoreFor} from '../lib/prediction.js'
import {asText} from './as-text.js'
import {ask, claim, first, id} from './ask.js'
import {makeMovable} from './drag.js'
import {createSentenceNavigator, SHOWN_AT_MOST} from './sentence-navigator.js'
import {toExplain} from './to-explain.js'

/**
 * @typedef {import('../lib/labels.js').Label} Label
 * @typedef {import('../../shared/messages.js').CardRequest} CardRequest
 * @typedef {import('../../shared/messages.js').Progress} Progress
 * @typedef {import('../../shared/messages.js').Result} Result
 * @typedef {import('../../shared/messages.js').Segment} Segment
 */

const STOPPABLE_FROM = 20 // sentences: what takes less is over before a hand is at the button
const LONG_FROM = 5000 // characters: stoppable, however few sentences they are
const COPIED_NOTICE_MS = 2000 // long enough to read one word

const framed = window !== window.top
const main = byId('main')
const phase = byId('phase')
const stop = byId('stop')
const spoken = byId('spoken')
const result = byId('result')
const progress = byId('progress', 'progress')

/** @type {CardRequest | undefined} */ let request
/** @type {Result | undefined} */ let answer
/** @type {ReturnType<typeof createSentenceNavigator> | undefined} */ let sentences
/** @type {Segment | undefined} */ let chosen
let running = first

const themed = applyTheme()
translate(document)
byId('more').textContent = t('first_sentences', number(SHOWN_AT_MOST))
phase.textContent = t('phase_classifying')
byId('close').addEventListener('click', dismiss)
byId('retry').addEventListener('click', () => {
  running = ask()
  void run()
})
byId('copy').addEventListener('click', copyResult)
byId('panel').addEventListener('click', openSidePanel)
const closeExplanation = createExplanation(byId('explain'), byId('why'), readLabels, explained)
stop.addEventListener('click', () => running.stop())
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.isComposing) dismiss()
})
if (framed) {
  document.body.classList.add('movable')
  byId('grip').hidden = false
  makeMovable(byId('header'), byId('grip'), {
    grab: () => tellCardHost({kind: 'grab', id}),
    move: (x, y) => tellCardHost({kind: 'move', id, x, y}),
  })
}
const sizes = new ResizeObserver(fit)
for (const part of document.body.children) sizes.observe(part)
addEventListener('resize', fit)
void run()

async function run() {
  show('waiting')
  try {
    const [{text}, labels] = await Promise.all([receive(), readLabels()])
    let total = 0
    sentences ??= createSentenceNavigator(byId('sentences'), {text, labels, onChoose: showSentence})
    stop.hidden = text.length < LONG_FROM
    answer = await running.follow((told) => {
      if (told.kind === 'partial') {
        sentences?.add(told.from, told.segments, Math.max(total, told.from + told.segments.length))
        return
      }
      if (told.phase === 'classifying') total = told.total
      showProgress(told)
    })
    sentences.add(0, answer.segments, answer.segments.length)
    byId('more').hidden = answer.segments.length <= SHOWN_AT_MOST
    drawResult(result, answer, labels)
    byId('explain').hidden = !explained()
    show('result')
    spoken.textContent = Array.from(
      result.querySelectorAll('.winner, .others:not([hidden])'),
      (part) => part.textContent,
    ).join('. ')
  } catch (error) {
    fail(error)
  }
}

async function receive() {
  if (request) return request
  request = await claim()
  const {notes, keyboard, language, direction} = request
  byId('notes').append(
    ...notes.map((note) =>
      Object.assign(document.createElement('li'), {textContent: t(`note_${note}`)}),
    ),
  )
  byId('notes').hidden = !notes.length
  const quote = byId('quote')
  if (language) quote.lang = language
  quote.dir = direction ?? 'auto'
  if (keyboard) {
    await themed // nothing is visible before, and what is not cannot take the focus
    main.focus()
  }
  return request
}

/** @param {Progress} told */
function showProgress({phase: now, done, total}) {
  if (now === 'loading' && !spoken.textContent) spoken.textContent = t('phase_loading')
  const isLong = (request?.text.length ?? 0) >= LONG_FROM
  stop.hidden = !isLong && !(now === 'classifying' && total >= STOPPABLE_FROM)
  const preparing = now === 'loading' && total > 0 && done === total
  if (total && !preparing) {
    progress.max = total
    progress.value = done
  } else {
    progress.removeAttribute('value') // how long is not known
  }
  if (preparing) phase.textContent = t('card_preparing')
  else if (now === 'downloading' && total) phase.textContent = bytesInWords(now, done, total)
  else if (now === 'classifying' && total > 1)
    phase.textContent = t('card_reading', String(Math.floor(done)), String(total))
  else phase.textContent = t(`phase_${now}`)
}

/** What “Why?” explains; undefined where it is not offered. */
function explained() {
  const found = answer && toExplain(answer, chosen)
  if (!found || !request) return undefined
  const {start, end} = found.segment
  return {text: request.text.slice(start, end), label: found.label, language: request.language}
}

/** @param {Segment} segment @param {Label | undefined} label @param {string} position */
function showSentence(segment, label, position) {
  const {start, end, prediction} = segment
  const sentence = byId('sentence')
  if (chosen?.start !== start) closeExplanation()
  chosen = segment
  byId('explain').hidden = !explained()
  tint(sentence, label)
  byId('position').textContent = position
  byId('answer').textContent = label
    ? `${label.emoji} ${label.name} ${scoreInWords(scoreFor(prediction, label.id), label)}`.trim()
    : t('no_clear_label')
  byId('quote').textContent = request?.text.slice(start, end) ?? ''
  sentence.hidden = false
  sentence.scrollIntoView({block: 'nearest'}) // where the window leaves no room for all of the card
  if (!request?.places) return
  const {theme, palette} = document.documentElement.dataset
  const colour = colourOf(
    label,
    theme === 'dark' ? 'dark' : 'light',
    palette === 'colour_blind' ? 'colour_blind' : 'standard',
  )
  tellCardHost({kind: 'highlight', id, start, end, colour, reveal: true})
}

/** @param {unknown} error */
function fail(error) {
  if (running.isStopped()) {
    byId('message').textContent = t('card_stopped')
    byId('retry').hidden = false
  } else {
    const {code, hint, message} = asFailure(error, 'run_failed')
    console.error(`${code}: ${message}`)
    byId('message').textContent = t(`failure_${code}`)
    byId('retry').hidden = hint !== 'retry'
  }
  show('failure')
}

async function copyResult() {
  if (!answer || !request) return
  const area = byId('by-hand', 'textarea')
  const copied = await copy(asText(request.text, answer, await readLabels()), area)
  const said = copied ? t('card_copied') : t('card_copy_by_hand')
  spoken.textContent = said
  byId('copy-text').textContent = said
  if (copied)
    setTimeout(() => {
      byId('copy-text').textContent = t('card_copy')
    }, COPIED_NOTICE_MS)
}

function openSidePanel() {
  if (!answer || !request) return
  const {text} = request
  const sentences = answer.segments.map(({start, end, prediction}) => ({
    text: text.slice(start, end),
    prediction,
  }))
  showInSidePanel({source: 'selection', result: answer, sentences}).catch((error) =>
    console.error('The side panel was not given the result', error),
  )
}

/** @param {'waiting' | 'result' | 'failure'} state */
function show(state) {
  byId('waiting').hidden = state !== 'waiting'
  result.hidden = state !== 'result'
  byId('actions').hidden = state !== 'result'
  byId('failure').hidden = state !== 'failure'
  document.body.dataset.state = state
}

function fit() {
  if (!framed) return
  const {style} = document.documentElement
  // a scrollbar that is there until the frame has grown breaks lines, and so would make itself
  // needed
  style.overflow = 'hidden'
  const heights = Array.from(document.body.children, (part) => part.getBoundingClientRect().height)
  const height = Math.ceil(heights.reduce((sum, height) => sum + height, 0))
  if (height > innerHeight) style.overflow = ''
  tellCardHost({kind: 'resize', id, height})
}

function dismiss() {
  running.stop()
  if (framed) tellCardHost({kind: 'dismiss', id})
  else window.close()
}

/** @param {import('../../shared/messages.js').CardHostRequest} request */
function tellCardHost(request) {
  call('card_host', request).catch((error) =>
    console.warn(`The page did not take “${request.kind}”`, error),
  )
}
