// How a UI page asks the engine: one function, whatever the browser did to the background in
// between.

import {asFailure, Failure} from '../../shared/failures.js'
import {randomId} from '../../shared/ids.js'
import {ENGINE_PORT} from '../../shared/messages.js'
import {call} from '../../platform/call.js'

/**
 * @typedef {import('../../shared/messages.js').EngineAnswer} EngineAnswer
 * @typedef {import('../../shared/messages.js').EngineRequest} EngineRequest
 * @typedef {import('../../shared/messages.js').Partial} Partial_
 * @typedef {import('../../shared/messages.js').Progress} Progress
 * @typedef {import('../../shared/messages.js').Result} Result
 * @typedef {import('../../shared/messages.js').Status} Status
 */

/**
 * Between attempts. The first one is for a host that runs already. A busy browser may list a host
 * before it listens, or one that is gone.
 */
const RETRY_DELAYS_MS = [0, 100, 1000]
// after this long a silence, ask whether the host still knows of the request
const HEARTBEAT_INTERVAL_MS = 10_000
/** So often was even that not answered. (By the clock, a computer that sleeps would be silence.) */
const MOST_UNANSWERED = 2

/**
 * Classify texts; what the options mean, shared/messages.js says.
 * @param {string | string[]} texts
 * @param {object} [options]
 * @param {import('../../shared/messages.js').Detail} [options.detail]
 * @param {import('../../shared/messages.js').Priority} [options.priority]
 * @param {(progress: Progress) => void} [options.onProgress]
 * @param {(partial: Partial_) => void} [options.onPartial]  Segments from index `from` on; earlier
 *   ones may come again.
 * @param {AbortSignal} [options.signal]
 * @returns {Promise<Result>}
 * @throws {Failure} if the engine failed or did not answer; the signal's reason if it was aborted.
 */
export async function classify(
  texts,
  {detail = 'overall', priority = 'user', onProgress, onPartial, signal} = {},
) {
  /** @type {import('../../shared/messages.js').Segment[]} */ const segments = []
  /** @param {EngineAnswer} message */
  const hear = (message) => {
    if (message.kind === 'progress') onProgress?.(message)
    if (message.kind !== 'partial') return
    put(segments, message)
    onPartial?.(message)
  }
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted()
    try {
      if (attempt > 0) await call('wake', {})
      const request = /** @type {const} */ ({
        kind: 'classify',
        id: randomId(),
        texts: [texts].flat(),
        detail,
        priority,
      })
      const result = /** @type {Result} */ (await askOnce(request, signal, hear))
      put(segments, result)
      return {...result, from: 0, segments}
    } catch (error) {
      // The browser may stop the host at any moment; any other failure would come again.
      if (
        signal?.aborted ||
        attempt === RETRY_DELAYS_MS.length ||
        asFailure(error, 'no_answer').code !== 'no_answer'
      )
        throw error
      if (attempt > 0) console.warn('The engine could not be reached', error)
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_DELAYS_MS[attempt]))
  }
}

/**
 * @param {import('../../shared/messages.js').Segment[]} all
 * @param {{from: number, segments: import('../../shared/messages.js').Segment[]}} told
 */
function put(all, told) {
  told.segments.forEach((segment, index) => {
    all[told.from + index] = segment
  })
}

/** What the engine is doing; asking starts nothing. */
export async function status() {
  return askIfThere('status')
}

/**
 * Free the engine's memory, as soon as nothing waits. The next request starts it again, with the
 * settings of then.
 */
export async function release() {
  return askIfThere('release')
}

/** @param {'status' | 'release'} kind @returns {Promise<Status>} */
async function askIfThere(kind) {
  const id = randomId()
  try {
    return /** @type {Status} */ (await askOnce({kind, id}, undefined, () => {}))
  } catch (error) {
    if (asFailure(error, 'no_answer').code !== 'no_answer') throw error
    // there is no host
    return {kind: 'status', id, engine: 'off', threads: null, known: false, requests: 0}
  }
}

/**
 * @param {EngineRequest} request
 * @param {AbortSignal | undefined} signal
 * @param {(message: EngineAnswer) => void} onMessage
 * @returns {Promise<EngineAnswer>}
 */
function askOnce(request, signal, onMessage) {
  const port = chrome.runtime.connect({name: ENGINE_PORT})
  return new Promise((resolve, reject) => {
    let heard = true
    let unanswered = 0
    const pulse = setInterval(() => {
      if (unanswered >= MOST_UNANSWERED) {
        finish(() => reject(new Failure('no_answer', 'The host is silent')))
      } else if (!heard) {
        unanswered++
        port.postMessage({kind: 'status', id: request.id})
      }
      heard = false
    }, HEARTBEAT_INTERVAL_MS)
    const abort = () => finish(() => reject(signal?.reason))
    const finish = (/** @type {() => void} */ settle) => {
      clearInterval(pulse)
      signal?.removeEventListener('abort', abort)
      settle()
      port.disconnect() // cancels what still waits
    }
    signal?.addEventListener('abort', abort)
    port.onDisconnect.addListener(() =>
      finish(() =>
        reject(new Failure('no_answer', chrome.runtime.lastError?.message ?? 'The host is gone')),
      ),
    )
    port.onMessage.addListener((/** @type {EngineAnswer} */ answer) => {
      if (answer.id !== request.id) return
      heard = true
      unanswered = 0
      if (answer.kind === 'failure') finish(() => reject(new Failure(answer.code, answer.message)))
      else if (
        answer.kind === 'result' ||
        (answer.kind === 'status' && request.kind !== 'classify')
      )
        finish(() => resolve(answer))
      else if (answer.kind !== 'status') onMessage(answer)
      else if (!answer.known)
        finish(() => reject(new Failure('no_answer', 'The host has lost the request')))
    })
    port.postMessage(request)
  })
}
