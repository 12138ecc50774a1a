// How a UI page asks the background.

import {asFailure, Failure} from '../shared/failures.js'

/** @typedef {import('../shared/messages.js').Calls} Calls */

/**
 * @template {keyof Calls} K
 * @param {K} kind
 * @param {Parameters<Calls[K]>[0]} body
 * @returns {Promise<ReturnType<Calls[K]>>}
 * @throws {Failure} the one that the background answered, or `no_answer`.
 */
export async function call(kind, body) {
  const reply = /** @type {import('../shared/messages.js').Reply | undefined} */ (
    await chrome.runtime.sendMessage({kind, body}).catch((error) => {
      throw asFailure(error, 'no_answer')
    })
  )
  if (!reply) throw new Failure('no_answer', `Nothing answered “${kind}”`)
  if (!reply.ok) throw new Failure(reply.code, reply.message)
  return /** @type {ReturnType<Calls[K]>} */ (reply.value)
}
