import assert from 'node:assert/strict'
import {test} from 'node:test'
import {loadContentScripts} from './load.js'

const {beside, corner, inside, overlap} = loadContentScripts([
  'content/card-host/positioning.js',
]).positioning

const viewport = {left: 0, top: 0, width: 1000, height: 700}
const card = {width: 340, height: 300, rightToLeft: false}

test('the card stands under the text, at the beginning of its lines', () => {
  const text = {left: 100, top: 50, width: 200, height: 20}
  assert.deepEqual(beside({text, viewport, ...card}), {
    box: {left: 100, top: 78, width: 340, height: 300},
    side: 'below',
  })
  assert.equal(
    beside({text: {...text, left: 500}, viewport, ...card, rightToLeft: true}).box.left,
    360,
  )
})

test('above, right and left follow where there is no room', () => {
  const sides = [
    {left: 100, top: 600, width: 200, height: 20}, // near the lower edge
    {left: 0, top: 200, width: 400, height: 300}, // tall, on the left
    {left: 600, top: 200, width: 400, height: 300}, // tall, on the right
  ].map((text) => beside({text, viewport, ...card}).side)
  assert.deepEqual(sides, ['above', 'right', 'left'])
})

test('the side stays as long as there is room on it', () => {
  const text = {left: 100, top: 330, width: 200, height: 20}
  assert.equal(beside({text, viewport, ...card}).side, 'below')
  assert.equal(beside({text, viewport, ...card, side: 'above'}).side, 'above')
  assert.equal(beside({text: {...text, top: 100}, viewport, ...card, side: 'above'}).side, 'below')
})

test('a low viewport gets a shorter card rather than a covered text', () => {
  const text = {left: 0, top: 200, width: 1000, height: 20}
  const {box, side} = beside({text, viewport: {...viewport, height: 400}, ...card})
  assert.equal(side, 'above')
  assert.deepEqual(box, {left: 8, top: 8, width: 340, height: 184})
})

test('a text that fills the viewport is covered as little as can be, and the card says so', () => {
  const text = {left: 0, top: -500, width: 1000, height: 1150}
  const {box, side} = beside({text, viewport, ...card})
  assert.equal(side, null)
  assert.equal(box.top, 392)
})

test('a text that was scrolled away leaves the card at the nearest edge', () => {
  const {box} = beside({text: {left: 100, top: -900, width: 200, height: 20}, viewport, ...card})
  assert.deepEqual(box, {left: 100, top: 8, width: 340, height: 300})
})

test('wherever the text stands, the card lies in the viewport and never on the text where a side has room', () => {
  const random = generator(5)
  let [clear, tried] = [0, 0]
  for (let round = 0; round < 20_000; round++) {
    const view = {
      left: random(50),
      top: random(50),
      width: 200 + random(1400),
      height: 200 + random(900),
    }
    const text = {
      left: random(1600) - 200,
      top: random(1200) - 300,
      width: 1 + random(800),
      height: 1 + random(500),
    }
    const {box, side} = beside({
      text,
      viewport: view,
      width: 340,
      height: 60 + random(400),
      rightToLeft: random(2) === 1,
    })
    const room = {
      left: view.left + 8,
      top: view.top + 8,
      width: view.width - 16,
      height: view.height - 16,
    }
    assert.deepEqual(overlap(box, room), box, JSON.stringify({view, text, box}))
    tried++
    if (side === null) continue
    clear++
    const seen = overlap(text, view)
    assert.ok(!seen || !overlap(box, seen), JSON.stringify({view, text, box, side}))
  }
  assert.ok(clear > tried / 2)
})

test('the corner is the one at the end of the lines', () => {
  assert.deepEqual(corner(viewport, 340, 300, false), {
    left: 652,
    top: 392,
    width: 340,
    height: 300,
  })
  assert.deepEqual(corner(viewport, 340, 900, true), {left: 8, top: 8, width: 340, height: 684})
})

test('a card that is dragged stops at the edge', () => {
  assert.deepEqual(inside({left: 900, top: -50, width: 340, height: 300}, viewport), {
    left: 652,
    top: 8,
    width: 340,
    height: 300,
  })
})

/** Whole numbers under a bound, the same at every run. @param {number} state */
function generator(state) {
  return (/** @type {number} */ bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}
