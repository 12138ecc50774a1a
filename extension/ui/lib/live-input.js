// A text that is classified as it is typed, with examples to try: what the popup and the welcome
// page share.

import {asFailure} from '../../shared/failures.js'
import {call} from '../../platform/call.js'
import {drawResult} from './chart.js'
import {byId} from './dom.js'
import {classify} from './engine-client.js'
import {readLabels, tint} from './labels.js'
import {t} from './i18n.js'

/**
 * @typedef {import('../../shared/messages.js').Result} Result
 * @typedef {{text: string, result: Result}} Answer
 * @typedef {'empty' | 'waiting' | 'result' | 'failure'} State
 */

const TYPING_PAUSE_MS = 120 // long enough not to run for every key, short enough to feel live
const SPEAK_AFTER_MS = 900 // a screen reader is told once the typing rests, not for every key
const SIGNS = ['pointermove', 'pointerdown', 'keydown'] // of somebody being there

/**
 * Bring the elements of a page to life that stand there by these ids: `text`, a text area;
 * `samples`, `status`, `spoken`, `failure` with
 * `message` and `retry`, and `result`. The state stands on the body, in data-state.
 * @param {{lazy?: boolean, keepSamples?: boolean, onAnswer?: (answer: Answer | null) => void}}
 *   [options]
 *   `lazy`: the page was opened by nobody, who may never come to it. `keepSamples`: they stay
 *   when there is a text. `onAnswer`: what
 *   stands there now; null once the text is gone.
 */
export function createLiveInput({lazy = false, keepSamples = false, onAnswer = () => {}} = {}) {
  const samples = byId('samples')
  const status = byId('status')
  const spoken = byId('spoken')
  const failure = byId('failure')
  const message = byId('message')
  const retry = byId('retry')
  const result = byId('result')
  const field = byId('text', 'textarea')
  let current = new AbortController()
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let speaking

  field.addEventListener('input', () => ask(TYPING_PAUSE_MS))
  retry.addEventListener('click', () => {
    field.focus() // the button goes away
    ask(0)
  })
  // Waking the engine while the first words are typed saves the wait after them.
  if (lazy) for (const sign of SIGNS) document.addEventListener(sign, wake)
  else wake()
  offerSamples().catch((error) => console.error('The model’s examples could not be read', error))
  show('empty')
  if (field.value) ask(0) // the browser may fill in what stood there

  function wake() {
    for (const sign of SIGNS) document.removeEventListener(sign, wake)
    call('wake', {}).catch((error) =>
      console.warn('The engine could not be started ahead of the text', error),
    )
  }

  /** @param {number} pause */
  function ask(pause) {
    current.abort() // what was asked for an older text is stale
    current = new AbortController()
    clearTimeout(timer)
    const {value} = field
    field.dir = value ? 'auto' : '' // the text's own direction, not that of the interface
    if (!value.trim()) {
      show('empty')
      return onAnswer(null)
    }
    const {signal} = current
    timer = setTimeout(() => run(value, signal), pause)
  }

  /** @param {string} text @param {AbortSignal} signal */
  async function run(text, signal) {
    if (result.hidden) {
      status.textContent = t('phase_classifying')
      show('waiting')
    }
    try {
      const [answer, labels] = await Promise.all([
        classify(text, {
          signal,
          onProgress: ({phase}) => {
            if (!signal.aborted) status.textContent = t(`phase_${phase}`)
          },
        }),
        readLabels(),
      ])
      if (signal.aborted) return
      drawResult(result, answer, labels)
      show('result')
      speak(result.querySelector('.winner')?.textContent ?? '')
      onAnswer({text, result: answer})
    } catch (error) {
      if (signal.aborted) return
      const {code, message: details} = asFailure(error, 'run_failed')
      console.error(`${code}: ${details}`)
      message.textContent = t(`failure_${code}`)
      show('failure')
    }
  }

  /** @param {State} state */
  function show(state) {
    document.body.dataset.state = state
    samples.hidden = (state !== 'empty' && !keepSamples) || !samples.querySelector('button')
    status.parentElement?.toggleAttribute('hidden', state !== 'waiting')
    result.hidden = state !== 'result'
    failure.hidden = state !== 'failure'
    if (state !== 'result') speak('')
  }

  /** @param {string} line */
  function speak(line) {
    clearTimeout(speaking)
    if (line)
      speaking = setTimeout(() => {
        spoken.textContent = line
      }, SPEAK_AFTER_MS)
    else spoken.textContent = ''
  }

  /**
   * A button for each label that has an example: by the label's name in the user's language, with
   * the text in the model's.
   */
  async function offerSamples() {
    const list = /** @type {HTMLElement} */ (samples.querySelector('ul'))
    for (const label of (await readLabels()).values()) {
      if (!label.sample) continue
      const button = Object.assign(document.createElement('button'), {
        type: 'button',
        className: 'chip',
        title: label.sample,
      })
      const dot = Object.assign(document.createElement('span'), {className: 'dot'})
      tint(dot, label)
      button.append(dot, label.name)
      button.addEventListener('click', () => {
        field.value = label.sample
        field.focus() // the button goes away
        ask(0)
      })
      const item = document.createElement('li')
      item.append(button)
      list.append(item)
    }
    if (document.body.dataset.state === 'empty') show('empty')
  }
}
