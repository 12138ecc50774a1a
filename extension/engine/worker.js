// The engine's worker: loads the model once, then works through a queue of requests.

import {startPackaged} from './packaged.js'
import {asWorkerFailure, createQueue} from './queue.js'
import {verdict} from './scores.js'

/**
 * Host to worker: `start` once, then what to classify and what not to any more. `whole`: nothing may be left out of the runtime.
 * Worker to host: `loading` while the model is read, `ready` or `broken` once, then the queue's messages.
 * @typedef {import('../shared/messages.js').Work} Work
 * @typedef {Pick<import('../shared/messages.js').EngineSettings, 'threads' | 'minScore'> & {whole?: boolean}} EngineSettings
 * @typedef {({kind: 'start'} & EngineSettings) | ({kind: 'classify'} & Work) | {kind: 'cancel', id: string}} HostMessage
 * @typedef {{kind: 'loading', done: number, total: number} | {kind: 'ready', threads: number, startup: import('./start.js').Startup}
 *   | ({kind: 'broken'} & import('./queue.js').WorkerFailure) | import('./queue.js').QueueMessage} WorkerMessage
 */

const TELLING_MS = 50

/** @type {(settings: EngineSettings) => void} */ let begin
const settings = new Promise((/** @type {(settings: EngineSettings) => void} */ resolve) => { begin = resolve })
/** What came before the queue was there. @type {Set<string>} */ const early = new Set()

// Threads share memory, which a page that is not isolated must not.
const threads = settings.then(({threads}) => (threads === 'auto' || !self.crossOriginIsolated ? 1 : threads))
const whole = settings.then(({whole}) => whole === true)
const engine = startPackaged({threads, whole, onProgress: reporter(), isAwaited: () => early.size > 0})
const queue = Promise.all([engine, settings]).then(([{classifier, spec, threads, startup}, {minScore}]) => {
  const scoring = withMinScore(spec, minScore)
  tell({kind: 'ready', threads, startup})
  return createQueue({classifier, verdict: (scores) => verdict(scores, scoring), tell})
})
queue.catch((error) => tell({kind: 'broken', ...asWorkerFailure(error)}))

self.addEventListener('message', (/** @type {MessageEvent<HostMessage>} */ {data}) => {
  if (data.kind === 'start') begin(data)
  else if (data.kind === 'classify') classify(data)
  else if (data.kind === 'cancel') cancel(data.id)
})

/** @param {Work} work */
function classify(work) {
  early.add(work.id)
  queue.then((ready) => { if (early.delete(work.id)) ready.add(work) }, () => {}) // broken was told
}

/** @param {string} id */
function cancel(id) {
  if (!early.delete(id)) queue.then((ready) => ready.cancel(id), () => {})
}

/**
 * A spec with the reader's own least score in place of the model's.
 * @param {import('./model-store.js').ModelSpec} spec @param {number | null} minScore
 */
function withMinScore(spec, minScore) {
  return minScore === null ? spec : {...spec, min_score: minScore}
}

function reporter() {
  let toldAt = 0
  return (/** @type {number} */ done, /** @type {number} */ total) => {
    const now = performance.now()
    if (done < total && now - toldAt < TELLING_MS) return
    toldAt = now
    tell({kind: 'loading', done, total})
  }
}

/** @param {WorkerMessage} message */
function tell(message) {
  self.postMessage(message)
}
