// The engine's worker together with its supply: while it loads its modules, this thread reads the
// runtime and the model for it.

import {Failure} from '../shared/failures.js'

/**
 * @typedef {import('../engine/worker.js').WorkerMessage} WorkerMessage
 * @typedef {import('../engine/types.js').Part} Part
 */

/**
 * A worker that tells `loading` and, where a file cannot be read, `broken`, as if it had read them
 * itself.
 * @param {boolean} whole  Nothing may be left out of the runtime, as a model may call what others
 *   do not.
 */
export function createEngineWorker(whole) {
  const worker = new Worker(new URL('../engine/worker.js', import.meta.url), {
    type: 'module',
    name: 'engine',
  })
  const tell = (/** @type {WorkerMessage} */ data) => {
    worker.dispatchEvent(new MessageEvent('message', {data}))
  }
  /** @type {import('./asset-loader.js').OnProgress} */
  const onProgress = (phase, done, total) => tell({kind: 'loading', phase, done, total})
  /** @type {import('./model-source.js').ModelSource | undefined} */ let source
  // The host, which listens later, hears it later.
  worker.addEventListener('message', (/** @type {MessageEvent<WorkerMessage>} */ event) => {
    const {data} = event
    if (data.kind === 'ready') source?.answered()
    if (data.kind !== 'broken' || data.again) return
    // With all of the runtime it may do.
    if (!whole && (data.trapped || data.code === 'wrong_numbers')) return
    if (!source?.failed(data.code)) return
    event.stopImmediatePropagation()
    tell({...data, again: true})
  })
  // Loaded after the worker has begun, for it has more to load.
  import('./asset-loader.js')
    .then(({startSource, supply}) => {
      const hand = (/** @type {Part} */ part, /** @type {Transferable[]} */ transfer) =>
        worker.postMessage(part, transfer)
      source = startSource(onProgress)
      return supply({whole, source, hand, onProgress})
    })
    .catch((error) => (source ? source.explain(error).catch(() => error) : error))
    .then((error) => {
      if (error) tell({kind: 'broken', ...asWorkerEnd(error)})
    })
  return worker
}

/** @param {unknown} error */
function asWorkerEnd(error) {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Failure ? error.code : undefined
  return {message, trapped: false, ...(code ? {code} : {})}
}
