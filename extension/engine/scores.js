// From logits to probabilities to an answer.

/** @typedef {import('../shared/messages.js').Verdict} Verdict */

/**
 * @typedef {object} ScoringSpec
 * @property {{id: string}[]} labels  In logit order.
 * @property {'softmax' | 'sigmoid'} activation
 * @property {number} temperature  Divides the logits; 1 leaves them.
 * @property {number[] | null} thresholds  For each label, the score from which it counts; null: `min_score` for all.
 * @property {number} min_score  Under it the answer is “no clear label”.
 */

/**
 * @param {ArrayLike<number>} logits  One a label.
 * @param {Pick<ScoringSpec, 'activation' | 'temperature'>} spec
 * @returns {number[]} In 0..1; with softmax they sum to 1.
 * @throws {Error} if a logit is not a finite number.
 */
export function probabilities(logits, {activation, temperature}) {
  const scaled = Array.from(logits, (logit) => logit / temperature)
  if (!scaled.every(Number.isFinite)) throw new Error('The model gave a score that is not a number')
  if (activation === 'sigmoid') return scaled.map((logit) => 1 / (1 + Math.exp(-logit)))
  const greatest = Math.max(...scaled) // subtracted so that exp cannot overflow
  const powers = scaled.map((logit) => Math.exp(logit - greatest))
  const sum = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / sum)
}

/** @param {number[]} scores  One a label. @param {ScoringSpec} spec @returns {Verdict} */
export function verdict(scores, {labels, thresholds, min_score: minScore}) {
  let winner = -1
  scores.forEach((score, index) => {
    if (score >= (thresholds?.[index] ?? minScore) && (winner < 0 || score > scores[winner])) winner = index
  })
  return {label: winner < 0 ? null : labels[winner].id, scores: scores.map((score, index) => ({label: labels[index].id, score}))}
}
