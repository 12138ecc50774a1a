// From logits to probabilities to an answer. builder/models/asset/scoring.py does the same;
// tests/js/engine/scores-oracle.json judges both.

/** @typedef {import('../shared/messages.js').Prediction} Prediction */

/**
 * `softmax`: exactly one label is true. `softmax_with_none`: at most one; one more class, whose
 * logit is fixed at 0, is “none of them”. `sigmoid`: each label is true or not, whatever the
 * others. `regression`: the one output is a value on a scale.
 * @typedef {'softmax' | 'softmax_with_none' | 'sigmoid' | 'regression'} Activation
 */

/**
 * @typedef {object} ScoringSpec
 * @property {{id: string}[]} labels  In logit order.
 * @property {Activation} activation
 * @property {{low: number, high: number}} [scale]  Of a regression: the values that the scores 0
 *   and 1 stand for.
 * @property {number} temperature  Divides the logits; 1 leaves them.
 * @property {number[] | null} thresholds  With sigmoid: for each label, the score from which it
 *   counts.
 * @property {number} min_score  Under it no label counts; where none does, the answer is “no clear
 *   label”.
 */

/**
 * @param {ArrayLike<number>} logits  One a label.
 * @param {Pick<ScoringSpec, 'activation' | 'temperature' | 'scale'>} spec
 * @returns {number[]} In 0..1, one a label. With softmax they sum to 1, with softmax_with_none to 1
 *   less the share of “none”.
 * @throws {Error} if a logit is not a finite number.
 */
export function probabilities(logits, {activation, temperature, scale}) {
  const scaled = Array.from(logits, (logit) => logit / temperature)
  if (!scaled.every(Number.isFinite)) throw new Error('The model gave a score that is not a number')
  if (scale) {
    const {low, high} = scale
    return scaled.map((value) => Math.min(1, Math.max(0, (value - low) / (high - low))))
  }
  if (activation === 'sigmoid') return scaled.map((logit) => 1 / (1 + Math.exp(-logit)))
  const others = activation === 'softmax_with_none' ? [0] : []
  const greatest = Math.max(...scaled, ...others) // subtracted so that exp cannot overflow
  const powers = scaled.map((logit) => Math.exp(logit - greatest))
  const sum = [...powers, ...others.map((logit) => Math.exp(logit - greatest))].reduce(
    (a, b) => a + b,
    0,
  )
  return powers.map((power) => power / sum)
}

/**
 * With sigmoid every label counts that reaches its threshold; else only the first of the highest
 * scores may.
 * @param {number[]} scores  One a label.
 * @param {Omit<ScoringSpec, 'temperature'>} spec
 * @returns {Prediction}
 */
export function toPrediction(scores, {labels, activation, thresholds, min_score: minScore}) {
  const all = labels.map(({id}, index) => ({
    label: id,
    score: scores[index] ?? NaN,
    // A value is an answer, however low.
    least: activation === 'regression' ? 0 : Math.max(thresholds?.[index] ?? 0, minScore),
  }))
  const order = [...all].sort((a, b) => b.score - a.score)
  const candidates = activation === 'sigmoid' ? order : order.slice(0, 1)
  const passing = candidates.filter(({score, least}) => score >= least).map(({label}) => label)
  return {
    label: passing[0] ?? null,
    labels: passing,
    scores: all.map(({label, score}) => ({label, score})),
  }
}
