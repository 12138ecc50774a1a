// The engine's worker together with its supply: while it loads its modules, this thread reads the
// runtime and the model for it.

import {Failure} from '../shared/failures.js'

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
  const tell = (/** @type {import('../engine/worker.js').WorkerMessage} */ data) =>
    worker.dispatchEvent(new MessageEvent('message', {data}))
  // Loaded after the worker has begun, for it has more to load.
  import('./asset-loader.js')
    .then(({supply}) =>
      supply({
        whole,
        hand: (part, transfer) => worker.postMessage(part, transfer),
        onProgress: (done, total) => tell({kind: 'loading', done, total}),
      }),
    )
    .catch((error) =>
      tell({
        kind: 'broken',
        message: String(error?.message ?? error),
        trapped: false,
        ...(error instanceof Failure ? {code: error.code} : {}),
      }),
    )
  return worker
}
