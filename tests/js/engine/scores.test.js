import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
import {nth} from '../support/nth.js'
import {probabilities, toPrediction} from '../../../extension/engine/scores.js'

const ids = ['a', 'b', 'c']
const labels = ids.map((id) => ({id}))

/**
 * @type {{spec: Omit<import('../../../extension/engine/scores.js').ScoringSpec, 'labels'>, logits:
 *   number[], scores: number[], answer: number[]}[]}
 */
const oracle = JSON.parse(readFileSync(new URL('scores-oracle.json', import.meta.url), 'utf8'))

for (const {spec, logits, scores, answer} of oracle) {
  test(`the oracle's scores and answer for ${JSON.stringify(logits)} under ${JSON.stringify(spec)}`, () => {
    const found = probabilities(logits, spec)
    found.forEach((score, index) =>
      assert.ok(Math.abs(score - nth(scores, index)) < 1e-12, `${score} is not ${scores[index]}`),
    )
    const {label, labels: counting} = toPrediction(found, {
      ...spec,
      labels: labels.slice(0, logits.length),
    })
    assert.deepEqual(
      counting,
      answer.map((index) => ids[index]),
    )
    assert.equal(label, counting[0] ?? null)
  })
}

test('a logit that is no number is an error, not a score', () => {
  assert.throws(
    () => probabilities([NaN, 1], {activation: 'softmax', temperature: 1}),
    /not a number/,
  )
})

test('the scores of an answer stand in the order of the labels', () => {
  const {scores} = toPrediction([0.2, 0.7, 0.1], {
    labels,
    activation: 'softmax',
    thresholds: null,
    min_score: 0,
  })
  assert.deepEqual(scores, [
    {label: 'a', score: 0.2},
    {label: 'b', score: 0.7},
    {label: 'c', score: 0.1},
  ])
})
