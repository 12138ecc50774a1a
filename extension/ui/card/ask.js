// Asks for the card's text and its scores. It runs before the rest of the card is loaded, so that
// both are under way by then.

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

/**
 * What the card was opened for: handed over once, so that a second try must not ask again for what
 * it has.
 * @type {() => Promise<CardRequest>}
 */
export const claim = once(() => call('claim_request', {id}))

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
