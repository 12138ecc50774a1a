// What the pages read out of a verdict.

/**
 * The score that a verdict gives a label, in 0..1; 0 for a label that it does not know.
 * @param {import('../../shared/messages.js').Verdict} verdict
 * @param {string | null} label
 */
export function scoreFor({scores}, label) {
  return scores.find((one) => one.label === label)?.score ?? 0
}
