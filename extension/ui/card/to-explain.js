// What “Why?” explains in a card.

import {scoreFor} from '../lib/prediction.js'

/**
 * @typedef {import('../../shared/messages.js').Result} Result
 * @typedef {import('../../shared/messages.js').Segment} Segment
 */

/**
 * Of the sentence that is shown, its own answer. Of a whole text, the answer on all of it, by the
 * sentence that supports it most. Where there is no clear answer there is nothing to explain, even
 * if some sentence of the text has one.
 * @param {Pick<Result, 'prediction' | 'segments'>} result
 * @param {Segment | undefined} chosen  The sentence that is shown.
 * @returns {{segment: Segment, label: string} | null}
 */
export function toExplain({prediction, segments}, chosen) {
  const {label} = (chosen ?? {prediction}).prediction
  if (label === null) return null
  const scoreIn = (/** @type {Segment} */ segment) => scoreFor(segment.prediction, label)
  const segment = chosen ?? [...segments].sort((one, other) => scoreIn(other) - scoreIn(one)).at(0)
  return segment ? {segment, label} : null
}
