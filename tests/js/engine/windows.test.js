import assert from 'node:assert/strict'
import {test} from 'node:test'
import {nth} from '../support/nth.js'
import {windowsOf} from '../../../extension/engine/windows.js'

const [CLS, SEP] = [101, 102]

/**
 * Tokens 1000, 1001, ...; of every `wordLength` the first begins a word.
 * @param {number} count
 * @param {number} wordLength
 */
function encoding(count, wordLength) {
  const ids = Array.from({length: count}, (_, index) => 1000 + index)
  const offsets = ids.flatMap((_, index) => {
    const start = 2 * index + Math.floor(index / wordLength)
    return [start, start + 2]
  })
  return {
    inputIds: Int32Array.from([CLS, ...ids, SEP]),
    attentionMask: new Int32Array(count + 2),
    tokenTypeIds: new Int32Array(count + 2),
    offsets: Int32Array.from([0, 0, ...offsets, 0, 0]),
    truncated: false,
  }
}

test('what the model takes at once is one window', () => {
  const text = encoding(10, 1)
  assert.deepEqual(windowsOf(text, 12), [{ids: text.inputIds, own: 10}])
})

test('windows cover every token, overlap, fit the model, and count each token once', () => {
  for (const maxLength of [16, 64, 512]) {
    for (const wordLength of [1, 3, 7, 1e9]) {
      for (const count of [maxLength - 1, maxLength, 2 * maxLength + 1, 1000, 5003]) {
        const windows = windowsOf(encoding(count, wordLength), maxLength)
        const case_ = `${count} tokens, words of ${wordLength}, at most ${maxLength}`
        const seen = new Set()
        let before = 1000
        for (const {ids, own} of windows) {
          assert.ok(ids.length <= maxLength, case_)
          assert.deepEqual([ids[0], ids.at(-1)], [CLS, SEP], case_)
          assert.ok(own > 0 && own <= ids.length - 2, case_)
          assert.ok(nth(ids, 1) <= before, `${case_}: a gap`)
          before = nth(ids, ids.length - 2)
          for (const id of ids.subarray(1, -1)) seen.add(id)
        }
        assert.equal(seen.size, count, case_)
        assert.equal(
          windows.reduce((sum, {own}) => sum + own, 0),
          count,
          case_,
        )
      }
    }
  }
})

test('a window begins where a word does, if one begins near', () => {
  for (const {ids} of windowsOf(encoding(2000, 5), 128)) assert.equal((nth(ids, 1) - 1000) % 5, 0)
})

test('all windows are about equally long', () => {
  const lengths = windowsOf(encoding(1021, 1), 512).map(({ids}) => ids.length)
  assert.ok(Math.max(...lengths) - Math.min(...lengths) <= 2, String(lengths))
})
