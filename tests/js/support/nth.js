// An entry that a test relies on.
import assert from 'node:assert/strict'

/**
 * @template T @param {ArrayLike<T>} list @param {number} [index]
 * @returns {NonNullable<T>}
 * @throws {assert.AssertionError} if there is none.
 */
export function nth(list, index = 0) {
  const found = list[index]
  assert.ok(found !== undefined && found !== null, `there is no entry ${index}`)
  return found
}
