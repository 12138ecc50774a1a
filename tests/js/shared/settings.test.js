// What holds of the reader's settings, the author's and the defaults.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {mergeSettings} from '../../../extension/shared/settings.js'

const DEFAULTS = {
  theme: 'system',
  palette: 'standard',
  minScore: null,
  threads: 'auto',
  releaseAfterMinutes: 5,
  menuOnSelection: true,
  menuOnPage: true,
  pageFollowsContent: false,
}

test('where nothing was decided the defaults hold', () => {
  assert.deepEqual(mergeSettings({}), DEFAULTS)
})

test('the reader overrules the author, who overrules the defaults', () => {
  assert.deepEqual(mergeSettings({threads: 2}, {threads: 4, releaseAfterMinutes: 30}), {
    ...DEFAULTS,
    threads: 2,
    releaseAfterMinutes: 30,
  })
})

test('what an older version or a stranger left there is as if it were not', () => {
  assert.deepEqual(
    mergeSettings({
      theme: 'sepia',
      palette: 7,
      minScore: 1.5,
      threads: 0.5,
      releaseAfterMinutes: -1,
      menuOnPage: 'no',
      menuOnSelection: null,
      gone: true,
    }),
    DEFAULTS,
  )
})

test('a threshold can be handed back to the model', () => {
  assert.equal(mergeSettings({minScore: null}, {minScore: 0.4}).minScore, null)
})
