// Texts that nobody writes to be read, and very long ones: cut in time and memory that grow with
// their length, in steps that let others in.
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
import {Job} from '../../../extension/engine/jobs.js'
import {segmentsStepwise} from '../../../extension/engine/segments.js'
import {createTokenizer} from '../../../extension/engine/tokenizer.js'

/** Again and again. A report extends this by a line. @type {Record<string, string>} */
const UNITS = {
  'short sentences': 'i am happy today. ',
  'with capitals': 'I am happy today. ',
  'one endless word': 'a',
  'one endless word with accents': 'é',
  'no stop': 'i am happy today and ',
  emoji: '😭',
  families: '👩‍👩‍👧‍👦',
  flags: '🇩🇪',
  ideographs: '今天错过了火车',
  'ideographs with stops': '今天错过了火车。',
  'combining marks': '\u0301',
  'combining marks in wrong order': '\u0323\u0301\u0315',
  'marks that are kept, in wrong order': '\u{1D165}\u0334',
  nulls: '\0',
  'nulls and sentences': 'I am\0 happy.\0 ',
  'lone surrogates': '\ud83d',
  'low surrogates': '\udc00',
  'right-to-left overrides': '\u202e',
  'overridden sentences': '\u202eI am happy.\u202c ',
  'zero-width characters': '\u200b\u200d\u2060\ufeff',
  'variation selectors': '\ufe0f',
  spaces: ' ',
  'line breaks': '\n',
  stops: '.',
  'questions and calls': '?!',
  'quotation marks': '"',
  brackets: '(',
  'brackets that close': ')',
  abbreviations: 'e.g. ',
  initials: 'A. ',
  'letters and stops': 'a.',
  numbers: '1.',
  tabs: 'a\t',
  'divided words': 'eve-\n',
  footnotes: 'I am.[1]',
  'paths without end': 'a/b.c/',
  'unassigned characters': '\u{e0fff}\u0378',
  hangul: '각',
}
const LENGTH = 60_000
const LONGEST = 2 ** 17 + 2 ** 14 // characters of a segment
// A step takes 5 ms; of the processor, as the machine may have other work. Compiling and
// collecting garbage count too.
const STEP_MS = 300

const folder = new URL('../../../model_assets/emotion/', import.meta.url)
const read = (/** @type {string} */ name) => readFileSync(new URL(name, folder), 'utf8')
const spec = JSON.parse(read('model.json')).tokenizer
const tokenizer = await createTokenizer(spec, read(spec.vocabulary), assert.fail)

/** @param {string} unit @param {number} length */
const text = (unit, length) => unit.repeat(Math.ceil(length / unit.length))

for (const [name, unit] of Object.entries(UNITS)) {
  test(`${name}: cut and read to the end, in short steps, with finite numbers`, async () => {
    const content = text(unit, LENGTH)
    const prepared = /** @type {number[]} */ ([])
    const job = new Job(
      {texts: [content], detail: 'segments'},
      {
        atOnce: tokenizer.atOnce,
        prepare(part) {
          prepared.push(part.length)
          const ids = tokenizer.encode(part).inputIds
          assert.ok(ids.every((id) => Number.isInteger(id) && id >= 0))
          return {windows: [{ids, own: ids.length - 2}], tokens: ids.length - 2}
        },
        score: async ({ids}) => [1 / ids.length],
      },
      (scores) => ({label: null, labels: [], scores: scores.map((score) => ({label: 'a', score}))}),
      null,
    )
    let [at, longest] = [0, 0]
    const begin = performance.now()
    while (!job.finished) {
      const start = process.cpuUsage()
      await job.step()
      const {user, system} = process.cpuUsage(start)
      longest = Math.max(longest, (user + system) / 1000)
      assert.ok(job.done <= job.total)
      for (const segment of job.take()) {
        assert.ok(segment.start >= at && segment.end <= content.length)
        assert.ok(segment.end - segment.start <= LONGEST)
        at = segment.end
      }
      if (performance.now() - begin > 60_000) assert.fail('It takes for ever')
    }
    assert.ok(Math.max(0, ...prepared) <= tokenizer.atOnce)
    assert.ok(longest < STEP_MS, `${longest} ms`)
    if (job.total) {
      const {prediction, tokens} = job.overall()
      assert.ok(prediction.scores.every(({score}) => Number.isFinite(score)))
      assert.ok(Number.isInteger(tokens))
    }
  })
}

test('the work grows with the length of a text, whatever it is made of', {timeout: 120_000}, () => {
  const [small, large] = [100_000, 800_000]
  for (const name of ['short sentences', 'ideographs with stops', 'letters and stops', 'emoji']) {
    const unit = UNITS[name] ?? assert.fail(name)
    // CPU time: what else the machine does counts little
    const cost = (/** @type {number} */ length) => {
      const content = text(unit, length)
      const begin = process.cpuUsage()
      const steps = segmentsStepwise(content)
      while (!steps.next().done);
      const {user, system} = process.cpuUsage(begin)
      return user + system
    }
    cost(small)
    const least = Math.min(cost(small), cost(small), cost(small))
    const grown = Math.min(cost(large), cost(large)) / least
    const exponent = Math.log(grown) / Math.log(large / small)
    assert.ok(exponent < 1.5, `${name}: ${exponent}`)
  }
})

test('a text that says nothing is no burden, and one that is all one word is cut', () => {
  const steps = (/** @type {string} */ content) => [...segmentsStepwise(content)]
  assert.deepEqual(
    steps(' '.repeat(100_000)).filter((step) => step),
    [],
  )
  const pieces = steps('a'.repeat(300_000)).flatMap((step) => step ?? [])
  assert.ok(pieces.length >= 2)
  assert.equal(pieces.map(({text}) => text).join('').length, 300_000)
})
