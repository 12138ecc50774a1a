// How long an answer took, in every language that the interface speaks.
import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {test} from 'node:test'

const LOCALES = new URL('../../extension/_locales/', import.meta.url)
/** @type {Record<string, {message: string}>} */ let messages
Object.assign(globalThis, {chrome: {i18n: {getMessage: (/** @type {string} */ key, /** @type {string[]} */ values) => (
  messages[key].message.replace('$1', () => values[0]))}}})

for (const locale of readdirSync(LOCALES)) {
  test(`what took less than a millisecond is said to have, in ${locale}`, async () => {
    messages = JSON.parse(readFileSync(new URL(`${locale}/messages.json`, LOCALES), 'utf8'))
    const {milliseconds, number, word} = await import(`../../extension/surfaces/words.js?${locale}`)
    assert.deepEqual([0, 0.04, 0.99].map(milliseconds), Array(3).fill(`<\u00a0${number(1)}`))
    assert.ok(word('latency', milliseconds(0)).includes(milliseconds(0)))
    assert.deepEqual([1, 9.94, 10, 1234].map(milliseconds), [
      number(1, {minimumFractionDigits: 1}), number(9.9), number(10), number(1234)])
  })
}
