// The popup: classifies what is typed, as it is typed.

import {asFailure} from '../../shared/failures.js'
import {call} from '../call.js'
import {drawResult} from '../chart.js'
import {classify} from '../engine.js'
import {readLabels} from '../labels.js'
import {applyTheme} from '../theme.js'
import {translate, word} from '../words.js'

const PAUSE_MS = 120 // long enough not to run for every key, short enough to feel live

const [field, status, result] = ['text', 'status', 'result'].map((name) => /** @type {HTMLElement} */ (document.getElementById(name)))
let current = new AbortController()
/** @type {ReturnType<typeof setTimeout> | undefined} */ let timer

void applyTheme()
translate(document)
field.addEventListener('input', () => {
  current.abort() // what was asked for an older text is stale
  current = new AbortController()
  clearTimeout(timer)
  const {value} = /** @type {HTMLTextAreaElement} */ (field)
  if (!value.trim()) return show('empty', word('popup_hint'))
  const {signal} = current
  timer = setTimeout(() => run(value, signal), PAUSE_MS)
})
// Waking the engine while the first words are typed saves the wait after them.
call('wake', {}).catch((error) => console.warn('The engine could not be started ahead of the text', error))

/** @param {string} text @param {AbortSignal} signal */
async function run(text, signal) {
  if (result.hidden) show('waiting', word('phase_classifying'))
  try {
    const [answer, labels] = await Promise.all([
      classify(text, {signal, onProgress: ({phase}) => { if (result.hidden && !signal.aborted) status.textContent = word(`phase_${phase}`) }}),
      readLabels(),
    ])
    if (signal.aborted) return
    drawResult(result, answer, labels)
    show('result', '')
  } catch (error) {
    if (signal.aborted) return
    const {code, message} = asFailure(error, 'run_failed')
    console.error(`${code}: ${message}`)
    show('failure', `${word(`failure_${code}`)} ${word('popup_retry')}`)
  }
}

/** @param {'empty' | 'waiting' | 'result' | 'failure'} state @param {string} line */
function show(state, line) {
  document.body.dataset.state = state
  result.hidden = state !== 'result'
  status.hidden = state === 'result'
  status.classList.toggle('failure', state === 'failure')
  status.textContent = line
}
