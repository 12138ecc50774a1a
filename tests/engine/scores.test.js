import assert from 'node:assert/strict'
import {test} from 'node:test'
import {probabilities, verdict} from '../../extension/engine/scores.js'

const labels = [{id: 'a'}, {id: 'b'}, {id: 'c'}]

test('softmax sums to one and survives large logits', () => {
  const scores = probabilities([1000, 999, -1000], {activation: 'softmax', temperature: 1})
  assert.ok(Math.abs(scores.reduce((a, b) => a + b) - 1) < 1e-12)
  assert.ok(Math.abs(scores[0] - 1 / (1 + Math.exp(-1))) < 1e-12)
})

test('a temperature above one flattens', () => {
  const [cold] = probabilities([2, 0], {activation: 'softmax', temperature: 1})
  const [warm] = probabilities([2, 0], {activation: 'softmax', temperature: 2})
  assert.ok(warm < cold && warm > 0.5)
})

test('sigmoid takes each logit alone', () => {
  assert.deepEqual(probabilities([0, 0], {activation: 'sigmoid', temperature: 1}), [0.5, 0.5])
})

test('a logit that is no number is an error, not a score', () => {
  assert.throws(() => probabilities([NaN, 1], {activation: 'softmax', temperature: 1}), /not a number/)
})

test('the highest score wins; under the least score nobody does', () => {
  const spec = /** @type {const} */ ({labels, activation: 'softmax', temperature: 1, thresholds: null, min_score: 0.5})
  assert.equal(verdict([0.2, 0.7, 0.1], spec).label, 'b')
  assert.equal(verdict([0.4, 0.3, 0.3], spec).label, null)
  assert.deepEqual(verdict([0.2, 0.7, 0.1], spec).scores[0], {label: 'a', score: 0.2})
})

test('with thresholds a label counts from its own', () => {
  const spec = /** @type {const} */ ({labels, activation: 'sigmoid', temperature: 1, thresholds: [0.9, 0.3, 0.3], min_score: 0})
  assert.equal(verdict([0.8, 0.4, 0.1], {...spec, thresholds: [...spec.thresholds]}).label, 'b')
})
