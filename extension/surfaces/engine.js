// How a surface asks the engine: one function, whatever the browser did to the background in between.

import {asFailure, Failure} from '../shared/failures.js'
import {randomId} from '../shared/ids.js'
import {ENGINE_PORT} from '../shared/messages.js'
import {call} from './call.js'

/**
 * @typedef {import('../shared/messages.js').EngineAnswer} EngineAnswer
 * @typedef {import('../shared/messages.js').Progress} Progress
 * @typedef {import('../shared/messages.js').Result} Result
 */

const ATTEMPTS = 3
const ANSWER_TIMEOUT_MS = 60_000

/**
 * @param {string} text
 * @param {{onProgress?: (progress: Progress) => void, signal?: AbortSignal}} [options]
 * @returns {Promise<Result>}
 * @throws {Failure} if the engine failed or did not answer; the signal's reason if it was aborted.
 */
export async function classify(text, {onProgress = () => {}, signal} = {}) {
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted()
    try {
      await call('wake', {})
      return await ask(text, onProgress, signal)
    } catch (error) {
      // The browser may stop the host at any moment; whatever else went wrong, it would again.
      if (signal?.aborted || attempt === ATTEMPTS || asFailure(error, 'no_answer').code !== 'no_answer') throw error
    }
  }
}

/**
 * @param {string} text @param {(progress: Progress) => void} onProgress @param {AbortSignal | undefined} signal
 * @returns {Promise<Result>}
 */
function ask(text, onProgress, signal) {
  const id = randomId()
  const port = chrome.runtime.connect({name: ENGINE_PORT})
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(() => reject(new Failure('no_answer', 'The engine took too long'))), ANSWER_TIMEOUT_MS)
    const abort = () => finish(() => reject(signal?.reason))
    const finish = (/** @type {() => void} */ settle) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      settle()
      port.disconnect() // cancels what still waits
    }
    signal?.addEventListener('abort', abort)
    port.onDisconnect.addListener(() => finish(() => reject(new Failure('no_answer', chrome.runtime.lastError?.message ?? 'The host is gone'))))
    port.onMessage.addListener((/** @type {EngineAnswer} */ answer) => {
      if (answer.id !== id) return
      if (answer.kind === 'progress') onProgress(answer)
      else if (answer.kind === 'result') finish(() => resolve(answer))
      else finish(() => reject(new Failure(answer.code, answer.message)))
    })
    port.postMessage({kind: 'classify', id, text})
  })
}
