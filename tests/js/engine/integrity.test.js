// The self-test after the start: numbers that differ from those of the builder.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {passSelfTest} from '../../../extension/engine/integrity.js'

const EXPECTED = {text: 'a', scores: [0.9, 0.1], tolerance: 0.03}

/** @param {number[]} scores */
function classifierOf(scores) {
  return {
    classify: async (/** @type {string} */ text) => {
      assert.equal(text, 'a')
      return {scores, tokens: 1, windows: 1, ms: {tokenize: 0, infer: 0}}
    },
  }
}

for (const scores of [
  [0.9, 0.1],
  [0.875, 0.125],
  [0.925, 0.075],
]) {
  test(`${scores} pass`, async () => {
    await passSelfTest(classifierOf(scores), EXPECTED)
  })
}

for (const scores of [
  [0.1, 0.9],
  [0.86, 0.1],
  [0.9, 0.14],
  [NaN, 0.1],
  [Infinity, 0.1],
  [0.9],
  [0.9, 0.1, 0],
  [],
]) {
  test(`${JSON.stringify(scores)} do not`, async () => {
    await assert.rejects(passSelfTest(classifierOf(scores), EXPECTED), {name: 'WrongNumbersError'})
  })
}
