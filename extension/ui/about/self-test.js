// The self-test: the real engine on a few texts, and what has to be true of its answers.

import {classify} from '../lib/engine-client.js'
import {readLabels} from '../lib/labels.js'
import {readModel} from '../lib/model.js'

/**
 * `text` and `expected` (a label's id) belong to `sample`; `got` is what was answered: a label's
 * id, or null for no clear answer.
 * @typedef {{check: 'scores' | 'sum' | 'repeat', passed: boolean}
 *   | {check: 'sample', passed: boolean, text: string, expected: string, got: string | null}} Check
 * @typedef {import('../../shared/messages.js').Prediction} Prediction
 */

const TOLERANCE = 1e-6 // sums of rounded numbers
const PLAIN = 'Hello.' // for a model that brings no samples

/**
 * @param {(done: number, total: number) => void} onProgress
 * @returns {Promise<Check[]>}
 * @throws {import('../../shared/failures.js').Failure} if the engine cannot answer at all.
 */
export async function runSelfTest(onProgress) {
  const [model, labels] = await Promise.all([readModel(), readLabels()])
  const samples = [...labels.values()].filter(({sample}) => sample)
  const texts = samples.length ? samples.map(({sample}) => sample) : [PLAIN]
  /** @type {Map<string, Prediction>} */ const predictions = new Map()
  const total = texts.length + 1 // the first once more
  for (const [index, text] of texts.entries()) {
    onProgress(index, total)
    predictions.set(text, (await classify(text)).prediction)
  }
  onProgress(texts.length, total)
  const [[first, before] = [PLAIN, undefined]] = predictions
  const again = (await classify(first)).prediction
  const all = [...predictions.values(), again]
  return [
    {
      check: 'scores',
      passed: all.every((prediction) => isComplete(prediction, [...labels.keys()])),
    },
    ...(model.activation === 'softmax'
      ? [{check: /** @type {const} */ ('sum'), passed: all.every(sumsToOne)}]
      : []),
    {
      check: 'repeat',
      passed: JSON.stringify(before?.scores) === JSON.stringify(again.scores),
    },
    ...samples.map(({id, sample}) => ({
      check: /** @type {const} */ ('sample'),
      passed: predictions.get(sample)?.labels.includes(id) ?? false,
      text: sample,
      expected: id,
      got: predictions.get(sample)?.label ?? null,
    })),
  ]
}

/** Every label has a score in 0..1. @param {Prediction} prediction @param {string[]} ids */
function isComplete({scores}, ids) {
  return (
    scores.map(({label}) => label).join() === ids.join() &&
    scores.every(({score}) => score >= 0 && score <= 1)
  )
}

/** @param {Prediction} prediction */
function sumsToOne({scores}) {
  return Math.abs(scores.reduce((sum, {score}) => sum + score, 0) - 1) < TOLERANCE
}
