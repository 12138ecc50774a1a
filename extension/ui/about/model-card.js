// The model card, as builder/packaging/model_card.py made it: elements of a few kinds, and text.

import {make} from '../lib/dom.js'

/** @typedef {string | {tag: string, href?: string, children: CardNode[]}} CardNode */

/** None of these can run or load anything. @type {(keyof HTMLElementTagNameMap)[]} */
const TAGS = [
  .../** @type {const} */ (['h3', 'h4', 'h5', 'h6', 'p', 'ul', 'ol', 'li', 'blockquote', 'pre']),
  .../** @type {const} */ (['table', 'thead', 'tbody', 'tr', 'th', 'td']),
  .../** @type {const} */ (['strong', 'em', 'code', 'a', 'br', 'hr']),
]

/** @param {CardNode} node @returns {Node | string} */
export function elementOf(node) {
  if (typeof node === 'string') return node
  const tag = TAGS.find((known) => known === node.tag) ?? 'span'
  const made = make(tag, '', ...node.children.map(elementOf))
  if (tag === 'th') made.setAttribute('scope', 'col')
  if (tag === 'table') return make('div', 'scroller', made)
  if (tag === 'a' && node.href?.startsWith('https://'))
    Object.assign(made, {href: node.href, rel: 'noreferrer', target: '_blank'})
  return made
}
