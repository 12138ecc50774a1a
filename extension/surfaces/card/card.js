// The card: shows what the engine says of the text that it was opened for. It stands in a frame on the page, or in a window.

import {asFailure} from '../../shared/failures.js'
import {call} from '../call.js'
import {drawResult} from '../chart.js'
import {classify} from '../engine.js'
import {readLabels} from '../labels.js'
import {applyTheme} from '../theme.js'
import {translate, word} from '../words.js'

const id = location.hash.slice(1)
const framed = window !== window.top
const [close, phase, result, waiting, failure, message, retry] = ['close', 'phase', 'result', 'waiting', 'failure', 'message', 'retry'].map(
  (name) => /** @type {HTMLElement} */ (document.getElementById(name)))

/** @type {string | undefined} */ let text

void applyTheme()
translate(document)
close.addEventListener('click', dismiss)
retry.addEventListener('click', run)
addEventListener('keydown', (event) => { if (event.key === 'Escape') dismiss() })
new ResizeObserver(fit).observe(document.body)
void run()

async function run() {
  show('waiting')
  try {
    text ??= (await call('take', {id})).text // handed over once: a second try must not ask again
    const [answer, labels] = await Promise.all([
      classify(text, {detail: 'segments', onProgress: (progress) => { phase.textContent = word(`phase_${progress.phase}`) }}),
      readLabels(),
    ])
    drawResult(result, answer, labels)
    show('result')
  } catch (error) {
    const {code, hint, message: details} = asFailure(error, 'run_failed')
    console.error(`${code}: ${details}`)
    message.textContent = word(`failure_${code}`)
    retry.hidden = hint !== 'retry'
    show('failure')
  }
}

/** @param {'waiting' | 'result' | 'failure'} state */
function show(state) {
  waiting.hidden = state !== 'waiting'
  result.hidden = state !== 'result'
  failure.hidden = state !== 'failure'
  document.body.dataset.state = state
}

function fit() {
  if (framed) tellShell({kind: 'resize', id, height: Math.ceil(document.body.getBoundingClientRect().height)})
}

function dismiss() {
  if (framed) tellShell({kind: 'dismiss', id})
  else window.close()
}

/** @param {import('../../shared/messages.js').ShellRequest} request */
function tellShell(request) {
  call('shell', request).catch((error) => console.warn(`The page did not take “${request.kind}”`, error))
}
