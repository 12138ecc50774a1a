// What the about page makes of a model card and of the browser's description of itself.
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
import {browserName} from '../../../extension/ui/about/browser-name.js'
import {blocksOf, inlinesOf} from '../../../extension/ui/about/markdown.js'

test('a card becomes headings, paragraphs, lists, tables and code', () => {
  const card =
    '# One\n\nA line\nand its end.\n- first\n  and more\n- second\n\n| | b |\n| --- | ---: |\n| 1 | 2 |\n```\nx = 1\n\ny\n```\n'
  assert.deepEqual(blocksOf(card), [
    {kind: 'heading', level: 1, text: 'One'},
    {kind: 'paragraph', text: 'A line and its end.'},
    {kind: 'list', items: ['first and more', 'second']},
    {kind: 'table', head: ['', 'b'], rows: [['1', '2']]},
    {kind: 'code', text: 'x = 1\n\ny'},
  ])
})

test('an unfinished card still ends', () => {
  assert.deepEqual(blocksOf('```\nnever closed'), [{kind: 'code', text: 'never closed'}])
  assert.deepEqual(blocksOf('| a row alone |'), [{kind: 'paragraph', text: '| a row alone |'}])
  assert.deepEqual(blocksOf(''), [])
})

test('within a line there is code, strong text and links to https alone', () => {
  assert.deepEqual(
    inlinesOf(
      'see `a*b` and **this** at [home](https://example.org/x), not [there](javascript:alert(1))',
    ),
    [
      {kind: 'text', text: 'see '},
      {kind: 'code', text: 'a*b'},
      {kind: 'text', text: ' and '},
      {kind: 'strong', text: 'this'},
      {kind: 'text', text: ' at '},
      {kind: 'link', text: 'home', address: 'https://example.org/x'},
      {kind: 'text', text: ', not [there](javascript:alert(1))'},
    ],
  )
})

test('HTML in a card stays text', () => {
  assert.deepEqual(blocksOf('<img src=x onerror=alert(1)>'), [
    {kind: 'paragraph', text: '<img src=x onerror=alert(1)>'},
  ])
  assert.deepEqual(inlinesOf('<b>bold</b>'), [{kind: 'text', text: '<b>bold</b>'}])
})

test('the shipped card is understood to its last line', () => {
  const card = readFileSync(
    new URL('../../../model_assets/emotion/README.md', import.meta.url),
    'utf8',
  )
  const blocks = blocksOf(card)
  assert.deepEqual(
    blocks.filter((block) => block.kind === 'heading').length,
    card.match(/^#+ /gm)?.length,
  )
  assert.equal(
    blocks.filter((block) => block.kind === 'paragraph' && block.text.startsWith('|')).length,
    0,
  )
})

test('browsers are called by the names that people know', () => {
  const brands = [
    {brand: 'Not;A=Brand', version: '8'},
    {brand: 'Chromium', version: '156'},
  ]
  assert.equal(
    browserName({userAgent: '', userAgentData: {brands, platform: 'Linux'}}),
    'Chromium 156, Linux',
  )
  const edge = [...brands, {brand: 'Microsoft Edge', version: '156'}]
  assert.equal(
    browserName({userAgent: '', userAgentData: {brands: edge, platform: 'Windows'}}),
    'Microsoft Edge 156, Windows',
  )
  const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0'
  assert.equal(browserName({userAgent: firefox}), 'Firefox 153.0, X11')
})
