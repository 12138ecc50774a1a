// What the pages read out of a prediction.

/**
 * The score that a prediction gives a label, in 0..1; 0 for a label that it does not know.
 * @param {import('../../shared/messages.js').Prediction} prediction
 * @param {string | null} label
 */
export function scoreFor({scores}, label) {
  return scores.find((one) => one.label === label)?.score ?? 0
}
