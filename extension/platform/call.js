// How a UI page asks the background.

import {asFailure, Failure} from '../shared/failures.js'

/** @typedef {import('../shared/messages.js').Calls} Calls */

/**
 * Between attempts. The browser may stop the background at any moment, and a message starts it
 * again; all that is asked may be asked twice.
 */
const PAUSES_MS = [50, 250, 1000]
/** No question takes so long, unless its answer is lost. */
const ANSWER_MS = 10_000

/**
 * @template {keyof Calls} K
 * @param {K} kind
 * @param {Parameters<Calls[K]>[0]} body
 * @returns {Promise<ReturnType<Calls[K]>>}
 * @throws {Failure} the one that the background answered, or `no_answer`.
 */
export async function call(kind, body) {
  for (const pause of PAUSES_MS) {
    try {
      return await callOnce(kind, body)
    } catch (error) {
      if (asFailure(error, 'no_answer').code !== 'no_answer') throw error
    }
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
  return callOnce(kind, body)
}

/**
 * @template {keyof Calls} K
 * @param {K} kind
 * @param {Parameters<Calls[K]>[0]} body
 * @returns {Promise<ReturnType<Calls[K]>>}
 */
async function callOnce(kind, body) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ANSWER_MS)
  })
  try {
    const reply = /** @type {import('../shared/messages.js').Reply | undefined} */ (
      await Promise.race([chrome.runtime.sendMessage({kind, body}), late])
    )
    if (!reply) throw new Failure('no_answer', `Nothing answered “${kind}”`)
    if (!reply.ok) throw new Failure(reply.code, reply.message)
    return /** @type {ReturnType<Calls[K]>} */ (reply.value)
  } catch (error) {
    throw asFailure(error, 'no_answer')
  } finally {
    clearTimeout(timer)
  }
}
