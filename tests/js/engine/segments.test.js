import assert from 'node:assert/strict'
import {test} from 'node:test'
import {segments, whole} from '../../../extension/engine/segments.js'

/** @param {string} text */
const sentences = (text) => segments(text).map(({text}) => text)

test('each sentence stands where it says, without the white space around it', () => {
  const text = '  I lost my keys.  But look!\nYou found them 😀? Yes '
  const found = segments(text)
  assert.deepEqual(
    found.map(({text}) => text),
    ['I lost my keys.', 'But look!', 'You found them 😀?', 'Yes'],
  )
  for (const {start, end, text: sentence} of found) assert.equal(text.slice(start, end), sentence)
})

test('a full stop after an abbreviation or an initial ends nothing', () => {
  assert.deepEqual(sentences('Dr. Smith met J. Doe. They laughed.'), [
    'Dr. Smith met J. Doe.',
    'They laughed.',
  ])
  assert.deepEqual(sentences('So am I. But no.'), ['So am I.', 'But no.'])
})

test('signs that say nothing go with the sentence before them, or not at all', () => {
  assert.deepEqual(sentences('I am sad. ~~\nAnd tired.'), ['I am sad. ~~', 'And tired.'])
  assert.deepEqual(sentences('One day.\n* * *\nAnother day.'), ['One day.', 'Another day.'])
  assert.deepEqual(sentences(' ?! '), ['?!'])
  assert.deepEqual(sentences(' \n '), [])
})

test('lines wrapped by hand are one sentence, lines of their own are not', () => {
  const wrapped =
    'I have been waiting for this letter for weeks and\r\nnow that it is here I dare not open it.'
  const [only, ...others] = segments(wrapped)
  assert.deepEqual(others, [])
  assert.equal(only?.text, wrapped)
  assert.deepEqual(sentences('happy\nsad'), ['happy', 'sad'])
})

test('a hundred thousand characters on one line are cut like few', {timeout: 60_000}, () => {
  const line = 'In this line i say that i feel happy today. '
  assert.equal(segments(line.repeat(2300)).length, 2300)
  assert.equal(segments('A. '.repeat(33_000)).length, 1)
  assert.equal(segments('word '.repeat(20_000)).length, 1)
})

test('languages without spaces are cut too', () => {
  assert.deepEqual(sentences('今日は嬉しい。でも少し悲しい！本当に？'), [
    '今日は嬉しい。',
    'でも少し悲しい！',
    '本当に？',
  ])
})

test('a whole text is one span', () => {
  assert.deepEqual(whole(' a. b. '), [{start: 1, end: 6, text: 'a. b.'}])
  assert.deepEqual(whole(' '), [])
})
