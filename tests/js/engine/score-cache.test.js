// What is kept of recent texts, and for how long.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {createRecent} from '../../../extension/engine/score-cache.js'

/** @param {number} score */
function scored(score) {
  return {scores: [score], tokens: 3}
}

test('a text that was kept is known by its very characters, with the scores that it was kept with last', () => {
  const recent = createRecent()
  recent.set('A day.', scored(0.1))
  recent.set('A day.', scored(0.2))
  assert.deepEqual(recent.get('A day.'), scored(0.2))
  assert.equal(recent.get('a day.'), null)
})

test('when the room is full, what was not asked for the longest leaves first', () => {
  const recent = createRecent(1000)
  for (const text of ['one', 'two', 'three']) recent.set(text + 'x'.repeat(50), scored(1))
  recent.get('one' + 'x'.repeat(50))
  recent.set('four' + 'x'.repeat(50), scored(1))
  assert.deepEqual(
    ['one', 'two', 'three', 'four'].filter((text) => recent.get(text + 'x'.repeat(50))),
    ['one', 'three', 'four'],
  )
})

test('a text that is larger than all the room is not kept, and drives no other out', () => {
  const recent = createRecent(1000)
  recent.set('small', scored(1))
  recent.set('x'.repeat(1000), scored(1))
  assert.equal(recent.get('x'.repeat(1000)), null)
  assert.ok(recent.get('small'))
})

test('however often one text comes, it takes its room once', () => {
  const recent = createRecent(400)
  recent.set('another', scored(1))
  for (let time = 0; time < 10; time++) recent.set('again', scored(time))
  assert.ok(recent.get('another'))
})
