// Messages read from _locales where the browser lost them: filled as getMessage() fills them.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {readMessages} from '../../../extension/platform/i18n-fallback.js'

const TABLE = {
  plain: {message: 'Ten percent'},
  numbered: {message: '$1 of $2'},
  named: {message: '$COUNT$ of $2', placeholders: {count: {content: '$1'}}},
  dollar: {message: 'Save $DOLLAR$100 & more', placeholders: {dollar: {content: '$$'}}},
}

test('words that the browser lost are read from the files of the extension', async (context) => {
  const chrome = {
    i18n: {getMessage: () => '', getUILanguage: () => 'de-AT'},
    runtime: {
      getManifest: () => ({default_locale: 'en'}),
      getURL: (/** @type {string} */ path) => path,
    },
  }
  Object.assign(globalThis, {chrome})
  context.mock.method(globalThis, 'fetch', async (/** @type {string} */ path) => {
    if (path !== '_locales/de/messages.json') throw new TypeError('no such file')
    return new Response(JSON.stringify(TABLE))
  })
  const t = await readMessages()
  assert.deepEqual(
    [t('plain'), t('numbered', ['3', '4']), t('named', ['3', '4']), t('dollar')],
    ['Ten percent', '3 of 4', '3 of 4', 'Save $100 & more'],
  )
  assert.equal(t('gone'), '')
})
