// A text that is classified as it is typed, with examples to try: what the popup and the welcome
// page share.

import {call} from '../../platform/call.js'
import {asFailure} from '../../shared/failures.js'
import {drawResult} from './chart.js'
import {byId} from './dom.js'
import {classify} from './engine-client.js'
import {bytesInWords, percent, t} from './i18n.js'
import {readLabels} from './labels.js'
import {offerSamples} from './samples.js'

/**
 * @typedef {import('../../shared/messages.js').Result} Result
 * @typedef {{text: string, result: Result}} Answer
 * @typedef {'empty' | 'waiting' | 'result' | 'failure'} State
 */

const TYPING_PAUSE_MS = 120 // long enough not to run for every key, short enough to feel live
const SPEAK_AFTER_MS = 900 // a screen reader speaks once the typing rests, not for every key
const LONG_FROM = 5000 // characters: with a way to stop, and the share that was read
const SIGNS = ['pointermove', 'pointerdown', 'keydown'] // of somebody being there

/**
 * Bring the elements of a page to life that it has by these ids: `text`, a text area; `samples`,
 * `status`, `spoken`, `failure` with `message` and `retry`, and `result`. The state is on the body,
 * in data-state.
 * @param {{lazy?: boolean, keepSamples?: boolean, onAnswer?: (answer: Answer | null) => void}}
 *   [options]
 *   `lazy`: nobody opened the page, so nobody may ever come to it. `keepSamples`: they stay when
 *   there is a text. `onAnswer`: what is shown now; null once the text is gone.
 */
export function createLiveInput({lazy = false, keepSamples = false, onAnswer = () => {}} = {}) {
  const field = byId('text', 'textarea')
  const view = createView(keepSamples)
  let current = new AbortController()
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer

  /** @param {number} pause */
  function ask(pause) {
    current.abort() // what was asked for an older text is stale
    current = new AbortController()
    clearTimeout(timer)
    const {value} = field
    field.dir = value ? 'auto' : '' // the text's own direction, not that of the interface
    if (!value.trim()) {
      view.show('empty')
      return onAnswer(null)
    }
    const {signal} = current
    timer = setTimeout(() => run(value, signal), pause)
  }

  /** @param {string} text @param {AbortSignal} signal */
  async function run(text, signal) {
    const isLong = text.length >= LONG_FROM
    view.wait(isLong)
    try {
      const [answer, labels] = await Promise.all([
        classify(text, {
          signal,
          onProgress: (progress) => {
            if (!signal.aborted) view.tell(progress, isLong)
          },
        }),
        readLabels(),
      ])
      if (signal.aborted) return
      drawResult(view.result, answer, labels)
      view.show('result')
      onAnswer({text, result: answer})
    } catch (error) {
      if (!signal.aborted) view.fail(error)
    }
  }

  field.addEventListener('input', () => ask(TYPING_PAUSE_MS))
  const askAgain = () => {
    field.focus() // the button goes away
    ask(0)
  }
  byId('retry').addEventListener('click', askAgain)
  byId('stop').addEventListener('click', () => {
    current.abort()
    field.focus() // the button goes away
    view.stopped()
  })
  wakeEngine(lazy)
  view.show('empty')
  offerSamples(byId('samples'), (sample) => {
    field.value = sample
    askAgain()
  })
    .then(view.refresh)
    .catch((error) => console.error('The model’s examples could not be read', error))
  if (field.value) ask(0) // the browser may fill in what stood there
}

/** Waking it while the first words are typed saves the wait after them. @param {boolean} lazy */
function wakeEngine(lazy) {
  const wake = () => {
    for (const sign of SIGNS) document.removeEventListener(sign, wake)
    call('wake', {}).catch((error) =>
      console.warn('The engine could not be started ahead of the text', error),
    )
  }
  if (lazy) for (const sign of SIGNS) document.addEventListener(sign, wake)
  else wake()
}

/** What is shown below the field. @param {boolean} keepSamples */
function createView(keepSamples) {
  const [samples, status, spoken] = [byId('samples'), byId('status'), byId('spoken')]
  const stop = byId('stop')
  const [failure, message, result] = [byId('failure'), byId('message'), byId('result')]
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let speaking
  /** @type {State} */ let shown = 'empty'

  function refresh() {
    document.body.dataset.state = shown
    samples.hidden = (shown !== 'empty' && !keepSamples) || !samples.querySelector('button')
    status.parentElement?.toggleAttribute('hidden', shown !== 'waiting')
    result.hidden = shown !== 'result'
    failure.hidden = shown !== 'failure'
  }

  /** @param {State} state */
  function show(state) {
    shown = state
    refresh()
    speak(state === 'result' ? (result.querySelector('.winner')?.textContent ?? '') : '')
  }

  /** @param {string} line */
  function speak(line) {
    clearTimeout(speaking)
    const say = () => {
      spoken.textContent = line
    }
    if (line) speaking = setTimeout(say, SPEAK_AFTER_MS)
    else say()
  }

  return {
    result,
    refresh,
    show,

    /**
     * A result that is there stays until the next one comes, unless that takes long.
     * @param {boolean} isLong
     */
    wait(isLong) {
      stop.hidden = !isLong
      if (shown === 'result' && !isLong) return
      status.textContent = isLong ? t('reading_share', percent(0)) : t('phase_classifying')
      show('waiting')
    },

    /** @param {import('../../shared/messages.js').Progress} progress @param {boolean} isLong */
    tell({phase, done, total}, isLong) {
      if (isLong && phase === 'classifying')
        status.textContent = t('reading_share', percent(done / Math.max(1, total)))
      else if (phase === 'downloading' && total)
        status.textContent = bytesInWords(phase, done, total)
      else status.textContent = t(`phase_${phase}`)
    },

    stopped() {
      message.textContent = t('card_stopped')
      byId('retry').hidden = false
      show('failure')
    },

    /** @param {unknown} error */
    fail(error) {
      const {code, hint, message: details} = asFailure(error, 'run_failed')
      console.error(`${code}: ${details}`)
      message.textContent = t(`failure_${code}`)
      byId('retry').hidden = hint !== 'retry'
      show('failure')
    },
  }
}
