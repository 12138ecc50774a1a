// The card: shows what the engine says of the text that it was opened for. It stands in a frame on the page, or in a window.

import {asFailure, Failure} from '../../shared/failures.js'
import {requestKey} from '../../shared/messages.js'
import {drawResult} from '../chart.js'
import {classify} from '../engine.js'
import {readLabels} from '../labels.js'
import {translate, word} from '../words.js'

/** @typedef {import('../../shared/messages.js').ShellRequest} ShellRequest */

const REQUEST_TIMEOUT_MS = 5000

const id = location.hash.slice(1)
const framed = window !== window.top
const [close, phase, result, waiting, failure, message, retry] = ['close', 'phase', 'result', 'waiting', 'failure', 'message', 'retry'].map(
  (name) => /** @type {HTMLElement} */ (document.getElementById(name)))

/** @type {Promise<string> | undefined} */ let text

translate(document)
close.addEventListener('click', dismiss)
retry.addEventListener('click', run)
addEventListener('keydown', (event) => { if (event.key === 'Escape') void dismiss() })
new ResizeObserver(fit).observe(document.body)
void run()

async function run() {
  show('waiting')
  try {
    text ??= takeText()
    const [answer, labels] = await Promise.all([
      classify(await text, {onProgress: (progress) => { phase.textContent = word(`phase_${progress.phase}`) }}),
      readLabels(),
    ])
    drawResult(result, answer, labels)
    show('result')
  } catch (error) {
    const {code, message: details} = asFailure(error, 'run_failed')
    console.error(`${code}: ${details}`)
    message.textContent = word(`failure_${code}`)
    retry.hidden = code === 'expired' || code === 'no_text' // trying again would not help
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

/** The text that this card was opened for; the background may store it a moment after the card opened. Kept nowhere but here. */
async function takeText() {
  const key = requestKey(id)
  const {[key]: present} = await chrome.storage.session.get(key)
  const {text: found} = /** @type {{text: string}} */ (present ?? await stored(key))
  await chrome.storage.session.remove(key)
  return found
}

/** @param {string} key */
function stored(key) {
  return new Promise((resolve, reject) => {
    const listener = (/** @type {Record<string, chrome.storage.StorageChange>} */ changes) => {
      if (changes[key]?.newValue) finish(() => resolve(changes[key].newValue))
    }
    const timer = setTimeout(() => finish(() => reject(new Failure('expired', 'No text is kept for this card'))), REQUEST_TIMEOUT_MS)
    const finish = (/** @type {() => void} */ settle) => {
      clearTimeout(timer)
      chrome.storage.session.onChanged.removeListener(listener)
      settle()
    }
    chrome.storage.session.onChanged.addListener(listener)
    // It may have been stored between the first look and the listener.
    void chrome.storage.session.get(key).then(({[key]: value}) => { if (value) finish(() => resolve(value)) })
  })
}

function fit() {
  if (framed) void tellShell({kind: 'resize', id, height: Math.ceil(document.body.getBoundingClientRect().height)})
}

async function dismiss() {
  if (framed) await tellShell({kind: 'dismiss', id})
  else window.close()
}

/** @param {ShellRequest} request */
async function tellShell(request) {
  const tab = await chrome.tabs.getCurrent()
  if (tab?.id === undefined) return
  await chrome.tabs.sendMessage(tab.id, request).catch(() => {}) // the page is going away, and the card with it
}
