// Measures on this device how many threads answer soonest: nothing tells how many of its cores are
// fast, shared or busy.

/**
 * @typedef {import('./types.js').WorkerLike} WorkerLike
 * @typedef {import('../engine/worker.js').WorkerMessage} WorkerMessage
 * @typedef {import('../engine/worker.js').HostMessage} HostMessage
 * @typedef {import('./types.js').Runner} Runner
 * @typedef {() => Promise<number>} Run  One run on the sample, in milliseconds inside the worker.
 */

/** About thirty tokens: a request that comes then waits for the end of one short run. */
const SAMPLE =
  'The train was late again this morning, but the people on the platform were in a good mood, and someone had warm rolls for all.'
// of the time with fewer threads: what is nearer to it may be noise, and more threads take more
// power
const LEAST_GAIN = 0.9
const LEAST_WINS = 3 / 4 // of the pairs
// pairs; browsers compile code well only after it ran a while
const WARM_UP = {least: 2, most: 30, ms: 1000}
const MEASURED = {least: 8, most: 24, ms: 1500}
const STALL_TIMEOUT_MS = 30_000 // a worker that gives no sign for so long does not win

/**
 * Tries twice as many threads for as long as that wins. During that, nothing else may be asked of
 * these workers, and only the measurement hears them.
 * @param {object} parts
 * @param {Runner} parts.best  What answers now, ready.
 * @param {number} parts.most  Threads.
 * @param {(threads: number) => WorkerLike} parts.start  A worker that was told to start.
 * @param {(winner: Runner) => void} parts.onBetter  Takes over a worker that is faster than the
 *   best one so far, which may be ended.
 * @param {AbortSignal} parts.signal  Ends it at once, with the worker that is being tried.
 * @returns {Promise<number>} How many threads are fastest.
 * @throws {unknown} the signal's reason, why the best worker failed, or that one lacks a part of
 *   the runtime (`trapped`).
 */
export async function calibrate({best, most, start, onBetter, signal}) {
  for (let threads = 2 * best.threads; threads <= most; threads *= 2) {
    const challenger = {worker: start(threads), threads}
    const end = () => challenger.worker.terminate()
    signal.addEventListener('abort', end)
    let won = false
    try {
      won = await isFaster(challenger.worker, best.worker, signal)
    } finally {
      signal.removeEventListener('abort', end)
      if (!won) end()
    }
    if (!won) break
    best = challenger
    onBetter(best)
  }
  return best.threads
}

/**
 * @param {WorkerLike} challenger  Told to start.
 * @param {WorkerLike} best
 * @param {AbortSignal} signal
 * @throws {unknown} the signal's reason, why `best` failed, or that `challenger` lacks a part of
 *   the runtime (`trapped`).
 */
async function isFaster(challenger, best, signal) {
  try {
    await next(challenger, 'ready', signal)
  } catch (error) {
    signal.throwIfAborted()
    unlessTrapped(error)
    console.warn('More threads cannot be started', error)
    return false
  }
  const old = runner(best, signal)
  const tried = runner(challenger, signal)
  const pairs = (await inPairs(old, tried, WARM_UP)) && (await inPairs(old, tried, MEASURED))
  if (!pairs) {
    signal.throwIfAborted()
    return false
  }
  const wins = pairs.filter(([before, after]) => after < before).length
  const before = median(pairs.map(([time]) => time))
  const after = median(pairs.map(([, time]) => time))
  return after <= LEAST_GAIN * before && wins >= LEAST_WINS * pairs.length
}

/**
 * Both in turn, each first every other time, so that other work of the device slows both.
 * @param {Run} old @param {Run} tried @param {{least: number, most: number, ms: number}} limits
 * @returns {Promise<[number, number][] | null>} Null if the one that is tried failed.
 */
async function inPairs(old, tried, {least, most, ms}) {
  /** @type {[number, number][]} */ const pairs = []
  const began = performance.now()
  while (pairs.length < least || (pairs.length < most && performance.now() - began < ms)) {
    const triedFirst = pairs.length % 2 ? await tried().catch(unlessTrapped) : undefined
    const before = await old()
    const after = triedFirst === undefined ? await tried().catch(unlessTrapped) : triedFirst
    if (after === null) return null
    pairs.push([before, after])
  }
  return pairs
}

/**
 * @param {WorkerLike} worker
 * @param {AbortSignal} signal
 * @returns {Run}
 */
function runner(worker, signal) {
  return async () => {
    signal.throwIfAborted()
    /** @type {HostMessage} */ const sample = {
      kind: 'classify',
      id: 'sample',
      texts: [SAMPLE],
      detail: 'overall',
      priority: 'page',
      remember: false,
    }
    const done = next(worker, 'done', signal)
    worker.postMessage(sample)
    const {ms} = await done
    return ms.tokenize + ms.infer
  }
}

/**
 * The next message of a kind.
 * @template {'ready' | 'done'} K
 * @param {WorkerLike} worker
 * @param {K} kind
 * @param {AbortSignal} signal
 * @returns {Promise<Extract<WorkerMessage, {kind: K}>>}
 * @throws {unknown} if the worker failed instead or gives no sign, or the signal's reason.
 */
function next(worker, kind, signal) {
  return new Promise((resolve, reject) => {
    const stall = () =>
      setTimeout(() => end(() => reject(new Error('The worker gives no sign'))), STALL_TIMEOUT_MS)
    let stalled = stall()
    const abort = () => end(() => reject(signal.reason))
    const end = (/** @type {() => void} */ settle) => {
      clearTimeout(stalled)
      signal.removeEventListener('abort', abort)
      settle()
    }
    signal.addEventListener('abort', abort)
    worker.onerror = ({message}) => end(() => reject(new Error(message)))
    worker.onmessage = ({data}) => {
      const message = /** @type {WorkerMessage} */ (data)
      if (message.kind === kind)
        end(() => resolve(/** @type {Extract<WorkerMessage, {kind: K}>} */ (message)))
      else if (message.kind === 'loading') {
        clearTimeout(stalled)
        stalled = stall()
      } else if (message.kind === 'broken' || message.kind === 'failed') {
        end(() => reject(Object.assign(new Error(message.message), {trapped: message.trapped})))
      }
    }
  })
}

/**
 * @param {unknown} error
 * @returns {null} @throws {unknown} it, if it comes of a function that was left out of the runtime.
 */
function unlessTrapped(error) {
  if (/** @type {{trapped?: boolean}} */ (error).trapped) throw error
  return null
}

/** @param {number[]} values  At least one. */
function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN
}
