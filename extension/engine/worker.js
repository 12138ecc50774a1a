// The engine's worker: loads the model once, then works through a queue of requests.

import {loadLibrary, ort} from './vendored.js'
import {asWorkerFailure, createQueue} from './queue.js'
import {toPrediction} from './scores.js'
import {start} from './bootstrap.js'

/**
 * Host to worker: `start` and the parts of the engine once each, what to classify, and what not to
 * any more.
 * Worker to host: `ready` or `broken` once, then the queue's messages. `createEngineWorker` adds
 * `loading` while it reads the model, and `broken`
 * if it cannot.
 * @typedef {import('../shared/messages.js').Work} Work
 * @typedef {Pick<import('../shared/messages.js').EngineSettings, 'threads' | 'minScore'>}
 *   EngineSettings
 * @typedef {import('./types.js').Part} Part
 * @typedef {({kind: 'start'} & EngineSettings) | Part | ({kind: 'classify'} & Work) | {kind:
 *   'cancel', id: string}} HostMessage
 * @typedef {{kind: 'loading', phase: 'downloading' | 'loading', done: number, total: number}
 *   | {kind: 'ready', threads: number,
 *   startup: import('./bootstrap.js').Startup}
 *   | ({kind: 'broken'} & import('./queue.js').WorkerFailure) | import('./queue.js').QueueMessage}
 *   WorkerMessage
 */

/** What came before the queue was there. @type {Set<string>} */ const early = new Set()
// What the host sends once each.
/** @type {Arrival<EngineSettings>} */ const settings = arrival()
/** @type {Arrival<import('./types.js').RuntimePart>} */ const runtime = arrival()
/** @type {Arrival<import('./types.js').ModelPart>} */ const model = arrival()
/** @type {Arrival<import('./types.js').WeightsPart>} */ const weights = arrival()
/** @type {Arrival<import('./types.js').CheckedPart>} */ const checked = arrival()

// Threads share memory, which a page that is not isolated must not.
const threads = settings.promise.then(({threads}) =>
  threads === 'auto' || !self.crossOriginIsolated ? 1 : threads,
)
const engine = start({
  ort,
  threads,
  runtime: runtime.promise,
  model: model.promise,
  weights: weights.promise,
  checked: checked.promise,
  loadLibrary,
})
const queue = Promise.all([engine, settings.promise]).then(
  ([{classifier, spec, threads, startup}, {minScore}]) => {
    const scoring = withMinScore(spec, minScore)
    tell({kind: 'ready', threads, startup})
    return createQueue({classifier, toPrediction: (scores) => toPrediction(scores, scoring), tell})
  },
)
// What fails because a file is damaged, the host tells: it has found out by the time that it has
// checked them all.
queue.catch(async (error) => {
  await checked.promise
  tell({kind: 'broken', ...asWorkerFailure(error)})
})

self.addEventListener('message', (/** @type {MessageEvent<HostMessage>} */ {data}) => {
  switch (data.kind) {
    case 'start':
      return settings.arrive(data)
    case 'runtime':
      return runtime.arrive(data)
    case 'model':
      return model.arrive(data)
    case 'weights':
      return weights.arrive(data)
    case 'checked':
      return checked.arrive(data)
    case 'classify':
      return classify(data)
    case 'cancel':
      return cancel(data.id)
  }
})

/** @param {Work} work */
function classify(work) {
  early.add(work.id)
  queue.then(
    (ready) => {
      if (early.delete(work.id)) ready.add(work)
    },
    () => {},
  ) // broken was told
}

/** @param {string} id */
function cancel(id) {
  if (!early.delete(id))
    queue.then(
      (ready) => ready.cancel(id),
      () => {},
    )
}

/**
 * A spec with the reader's own least score in place of the model's.
 * @param {import('./model-store.js').ModelSpec} spec @param {number | null} minScore
 */
function withMinScore(spec, minScore) {
  return minScore === null ? spec : {...spec, min_score: minScore}
}

/** @param {WorkerMessage} message */
function tell(message) {
  self.postMessage(message)
}

/**
 * What comes once: a promise of it, and what to call when it is there.
 * @template T @typedef {{promise: Promise<T>, arrive: (value: T) => void}} Arrival
 */

/** @template T @returns {Arrival<T>} */
function arrival() {
  /** @type {(value: T) => void} */ let arrive = () => {}
  return {
    promise: new Promise((resolve) => {
      arrive = resolve
    }),
    arrive: (value) => arrive(value),
  }
}
