// What is fetched once.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {once} from '../../../extension/shared/once.js'

test('it is made once, however many ask at a time, and anew only after it failed', async () => {
  let made = 0
  const read = once(async () => {
    made++
    if (made === 1) throw new Error('not yet')
    return made
  })
  const [first, second] = await Promise.allSettled([read(), read()])
  assert.deepEqual([first.status, second.status, made], ['rejected', 'rejected', 1])
  assert.deepEqual(await Promise.all([read(), read()]), [2, 2])
  assert.equal(await read(), 2)
  assert.equal(made, 2)
})
