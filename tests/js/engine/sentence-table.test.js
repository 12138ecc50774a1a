// Texts of many languages and kinds, and where their sentences end.
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
import {segments} from '../../../extension/engine/segments.js'

/** What a few texts may be cut wrongly in. The kinds that were reported may not. */
const MOST_WRONG = 3

const LINE = /^([a-z]{2}) ([^:]+): (.*)$/

const rows = readFileSync(new URL('sentence-table.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith('# '))
  .map((line) => {
    const [, language = '', kind, marked = ''] = LINE.exec(line) ?? assert.fail(`No row: ${line}`)
    const written = marked.replaceAll('\\n', '\n').replaceAll('\\t', '\t')
    return {
      language,
      kind,
      text: written.replaceAll('¦', ''),
      pieces: written
        .split('¦')
        .map((piece) => piece.trim())
        .filter((piece) => piece && piece !== '>'), // a mark of quotation is no part of a sentence
    }
  })

test('texts of seven languages are cut where their sentences end', (context) => {
  /** @type {Map<string, {right: number, all: number}>} */ const scores = new Map()
  /** @type {string[]} */ const wrong = []
  for (const {language, kind, text, pieces} of rows) {
    const found = segments(text).map(({start, end}) => text.slice(start, end))
    const score = scores.get(language) ?? {right: 0, all: 0}
    scores.set(language, score)
    score.all++
    if (JSON.stringify(found) === JSON.stringify(pieces)) score.right++
    else wrong.push(`${language} ${kind}: ${JSON.stringify(found)}, not ${JSON.stringify(pieces)}`)
  }
  for (const [language, {right, all}] of scores)
    context.diagnostic(`${language}: ${right} of ${all}`)
  assert.ok(rows.length >= 800)
  assert.ok(wrong.length <= MOST_WRONG, wrong.join('\n'))
})
