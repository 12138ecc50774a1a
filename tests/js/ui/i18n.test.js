// The interface's words: how long an answer took, in every language; all of them where the browser
// has none.
import assert from 'node:assert/strict'
import {readdirSync, readFileSync} from 'node:fs'
import {test} from 'node:test'

const LOCALES = new URL('../../../extension/_locales/', import.meta.url)
/** @type {Record<string, {message: string}>} */ let messages
Object.assign(globalThis, {
  chrome: {
    i18n: {
      getMessage: (/** @type {string} */ key, /** @type {string[]} */ values) =>
        messages[key]?.message.replace(/\$\w+\$/, () => values[0] ?? ''),
    },
  },
})

for (const locale of readdirSync(LOCALES)) {
  test(`what took less than a millisecond is said to have, in ${locale}`, async () => {
    messages = JSON.parse(readFileSync(new URL(`${locale}/messages.json`, LOCALES), 'utf8'))
    const {milliseconds, number, t} = await import(`../../../extension/ui/lib/i18n.js?${locale}`)
    assert.deepEqual([0, 0.04, 0.99].map(milliseconds), Array(3).fill(`<\u00a0${number(1)}`))
    assert.ok(t('latency', milliseconds(0)).includes(milliseconds(0)))
    assert.deepEqual([1, 9.94, 10, 1234].map(milliseconds), [
      number(1, {minimumFractionDigits: 1}),
      number(9.9),
      number(10),
      number(1234),
    ])
  })
}

test('where the browser has lost the words, they are read from the file of its language or the default one', async (context) => {
  const {chrome: whole, fetch: wholeFetch} = globalThis
  context.after(() => Object.assign(globalThis, {chrome: whole, fetch: wholeFetch}))
  const i18n = {getMessage: () => '', getUILanguage: () => ''}
  const runtime = {
    getURL: (/** @type {string} */ path) => path,
    getManifest: () => ({default_locale: 'en'}),
  }
  const fetch = async (/** @type {string} */ path) =>
    new Response(readFileSync(new URL(path.replace('_locales/', ''), LOCALES)))
  Object.assign(globalThis, {chrome: {i18n, runtime}, fetch})
  /** @type {[string, string, string][]} */ const cases = [
    ['de-AT', 'de', '7,5 ms, auf diesem Gerät berechnet'],
    ['pt-BR', 'en', '7.5 ms, computed on your device'],
    ['ar', 'ar', '\u20687.5\u2069 مللي ثانية، محسوبة على جهازك'],
  ]
  for (const [language, read, latency] of cases) {
    i18n.getUILanguage = () => language
    const {milliseconds, t} = await import(`../../../extension/ui/lib/i18n.js?lost-${language}`)
    assert.equal(t('ui_language'), read)
    assert.equal(t('latency', milliseconds(7.5)), latency)
    assert.equal(t('no_such_word'), '')
  }
})
