import assert from 'node:assert/strict'
import {test} from 'node:test'
import {titleAsWritten} from '../../../extension/background/menus.js'

/**
 * What both browsers make of a title: the selection for each '%s', and a key for each single '&'.
 * @param {string} title
 */
function shown(title) {
  return title
    .replaceAll('%s', 'SELECTION')
    .replace(/&(.|$)/g, (_, next) => (next === '&' ? '&' : next))
    .replaceAll('\u2060', '')
}

for (const words of [
  'Classify emotion',
  'Pros & cons',
  '&',
  '&&',
  'A && B & C',
  '100%sure?',
  '%s',
  '%%s',
  '%&s',
  '%s%s & %S',
  'Save $100 & more',
  'صنّف & %s',
]) {
  test(`the menu shows '${words}' letter for letter`, () => {
    assert.equal(shown(titleAsWritten(words)), words)
  })
}
