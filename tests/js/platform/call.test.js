// How a UI page asks the background, which may be stopped at any moment.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {call} from '../../../extension/platform/call.js'

/** @param {(() => unknown)[]} answers  One an attempt. */
function browserThat(...answers) {
  let asked = 0
  Object.assign(globalThis, {
    chrome: {runtime: {sendMessage: async () => answers[asked++]?.()}},
  })
  return () => asked
}

const lost = () => {
  throw new Error('The message port closed before a response was received.')
}

test('a question whose answer was lost is asked again', async () => {
  const asked = browserThat(
    lost,
    () => undefined,
    () => ({ok: true, value: 7}),
  )
  assert.equal(await call('wake', {}), 7)
  assert.equal(asked(), 3)
})

test('what the background refuses is not asked again', async () => {
  const asked = browserThat(() => ({ok: false, code: 'expired', message: 'gone'}))
  await assert.rejects(call('wake', {}), {code: 'expired'})
  assert.equal(asked(), 1)
})

test('after four attempts it is a failure with words', async () => {
  const asked = browserThat(lost, lost, lost, lost)
  await assert.rejects(call('wake', {}), {code: 'no_answer'})
  assert.equal(asked(), 4)
})
