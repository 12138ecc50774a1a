// The engine's worker: loads the model once, then works through a queue of requests.

// @ts-expect-error - the builder puts ONNX Runtime's files there
import * as runtime from '../runtime/ort.wasm.min.mjs'
import {readModel} from './model-store.js'
import {createQueue} from './queue.js'
import {verdict} from './scores.js'
import {createClassifier} from './session.js'
import {createTokenizer} from './tokenizer.js'

/**
 * Host to worker: `start` once, then what to classify and what not to any more.
 * Worker to host: `loading` while the model is read, `ready` or `broken` once, then the queue's messages.
 * @typedef {import('../shared/messages.js').Work} Work
 * @typedef {Pick<import('../shared/messages.js').EngineSettings, 'threads' | 'minScore'>} EngineSettings
 * @typedef {({kind: 'start'} & EngineSettings) | ({kind: 'classify'} & Work) | {kind: 'cancel', id: string}} HostMessage
 * @typedef {{kind: 'loading', done: number, total: number} | {kind: 'ready', threads: number} | {kind: 'broken', message: string}
 *   | import('./queue.js').QueueMessage} WorkerMessage
 */

const TELLING_MS = 50

const ort = /** @type {import('./session.js').OnnxRuntime} */ (runtime)
// A folder, not the bytes: the browser compiles while it reads and may keep the compiled code.
ort.env.wasm.wasmPaths = new URL('../runtime/', import.meta.url).href

/** @type {(settings: EngineSettings) => void} */ let begin
const settings = new Promise((/** @type {(settings: EngineSettings) => void} */ resolve) => { begin = resolve })
const cancelled = new Set()

async function start() {
  const model = readModel(new URL('../model/', import.meta.url), reporter()) // needs no settings: begin at once
  const [{spec, vocabulary, modelBytes}, {threads, minScore}] = await Promise.all([model, settings])
  ort.env.wasm.numThreads = threadsHere(threads)
  // @ts-expect-error - the builder puts Hugging Face's tokenizers there, for a model that needs them
  const tokenizer = await createTokenizer(spec.tokenizer, vocabulary, () => import('../runtime/tokenizers.mjs'))
  const scoring = withMinScore(spec, minScore)
  const classifier = await createClassifier({modelBytes, spec, tokenizer, ort})
  return createQueue({classifier, verdict: (scores) => verdict(scores, scoring), tell})
}

const queue = start()
queue.then(
  () => tell({kind: 'ready', threads: ort.env.wasm.numThreads ?? 1}),
  (error) => tell({kind: 'broken', message: String(error?.message ?? error)}),
)

self.addEventListener('message', (/** @type {MessageEvent<HostMessage>} */ {data}) => {
  if (data.kind === 'start') begin(data)
  else if (data.kind === 'classify') queue.then((ready) => { if (!cancelled.delete(data.id)) ready.add(data) }, () => {}) // broken was told
  else if (data.kind === 'cancel') cancel(data.id)
})

/** What is cancelled during the start never gets into the queue. @param {string} id */
function cancel(id) {
  cancelled.add(id)
  queue.then((ready) => {
    ready.cancel(id)
    cancelled.delete(id)
  }, () => {})
}

/** Threads share memory, which a page that is not isolated must not. @param {EngineSettings['threads']} wanted */
function threadsHere(wanted) {
  return self.crossOriginIsolated && wanted !== 'auto' ? wanted : 1
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
