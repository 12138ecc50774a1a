// Asks for the card's text and its scores. It runs before the rest of the card is loaded, so that
// both are under way by then.

import {asFailure} from '../../shared/failures.js'
import {randomId} from '../../shared/ids.js'
import {once} from '../../shared/once.js'
import {call} from '../../platform/call.js'
import {classify} from '../lib/engine-client.js'

/**
 * @typedef {import('../../shared/messages.js').CardRequest} CardRequest
 * @typedef {import('../../shared/messages.js').Partial} Partial_
 * @typedef {import('../../shared/messages.js').Progress} Progress
 * @typedef {import('../../shared/messages.js').Result} Result
 */

export const id = location.hash.slice(1)

/** So that we may ask for the text again, where the answer got lost with the background. */
const claimant = randomId()
/** The background waits for two seconds itself. A computer that slept in between costs one try. */
const TRIES = 6
const PAUSE_MS = 100
const AGAIN = new Set(['expired', 'no_answer'])

/**
 * What the card was opened for; fetched once.
 * @type {() => Promise<CardRequest>}
 */
export const claim = once(async () => {
  for (let left = TRIES - 1; ; left--) {
    try {
      const request = await call('claim_request', {id, claimant})
      call('forget_request', {id, claimant}).catch((error) => console.warn('It is kept', error))
      return request
    } catch (error) {
      if (!left || !AGAIN.has(asFailure(error, 'no_answer').code)) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
})

/**
 * Ask for the scores of the card's text. What comes before `follow` is called is kept for it.
 */
export function ask() {
  const stopping = new AbortController()
  /** @type {(Progress | Partial_)[]} */ const early = []
  let hear = (/** @type {Progress | Partial_} */ told) => {
    early.push(told)
  }
  const answer = claim().then(({text}) =>
    classify(text, {
      detail: 'segments',
      signal: stopping.signal,
      onProgress: (told) => hear(told),
      onPartial: (told) => hear(told),
    }),
  )
  answer.catch(() => {}) // `follow` tells of it
  return {
    stop: () => stopping.abort(),
    isStopped: () => stopping.signal.aborted,
    /** @param {(told: Progress | Partial_) => void} listener @returns {Promise<Result>} */
    follow(listener) {
      hear = listener
      early.splice(0).forEach(listener)
      return answer
    },
  }
}

export const first = ask()
