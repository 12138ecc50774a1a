// What the about page makes of a model card and of the browser's description of itself.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {browserName} from '../../../extension/ui/about/browser-name.js'
import {elementOf} from '../../../extension/ui/about/model-card.js'

// Just enough of a document to see what is made of a card.
class FakeElement {
  /** @param {string} tag */
  constructor(tag) {
    this.tag = tag
    /** @type {unknown[]} */ this.children = []
    /** @type {Record<string, string>} */ this.attributes = {}
  }
  /** @param {...unknown} children */
  append(...children) {
    this.children.push(...children)
  }
  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes[name] = value
  }
}
Object.assign(globalThis, {
  document: {createElement: (/** @type {string} */ tag) => new FakeElement(tag)},
})

/** @param {import('../../../extension/ui/about/model-card.js').CardNode} node @returns {any} */
const drawn = (node) => elementOf(node)

test('a card is made of elements that can neither run nor load anything', () => {
  for (const tag of ['script', 'iframe', 'img', 'style', 'object', 'SCRIPT', 'constructor'])
    assert.equal(drawn({tag, children: ['alert(1)']}).tag, 'span')
  assert.equal(elementOf('<script>alert(1)</script>'), '<script>alert(1)</script>')
})

test('a link leads to https and opens apart, or it leads nowhere', () => {
  const link = drawn({tag: 'a', href: 'https://example.org/', children: ['home']})
  assert.deepEqual(
    [link.href, link.rel, link.target],
    ['https://example.org/', 'noreferrer', '_blank'],
  )
  assert.equal(drawn({tag: 'a', href: 'javascript:alert(1)', children: []}).href, undefined)
  assert.equal(drawn({tag: 'p', href: 'https://example.org/', children: []}).href, undefined)
})

test('a wide table scrolls by itself, and its heads are heads of columns', () => {
  const scroller = drawn({tag: 'table', children: [{tag: 'th', children: ['b']}]})
  assert.equal(scroller.className, 'scroller')
  assert.deepEqual(scroller.children[0].children[0].attributes, {scope: 'col'})
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
