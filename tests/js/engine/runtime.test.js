// What is compiled of ONNX Runtime, and what is left out.
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
import {nth} from '../support/nth.js'
// @ts-expect-error - the wasm build comes without types of its own
import * as ort from '../../../tools/node_modules/onnxruntime-web/dist/ort.wasm.min.mjs'
import {startRuntime} from '../../../extension/engine/wasm-trim/runtime.js'
import {createClassifier} from '../../../extension/engine/session.js'
import {createTokenizer} from '../../../extension/engine/tokenizer.js'
import {createTrimmer} from '../../../extension/engine/wasm-trim/trim.js'
import {USED} from '../../../extension/engine/wasm-trim/used-functions.js'

const WASM = new URL(
  '../../../tools/node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm',
  import.meta.url,
)
const ASSET = new URL('../../../model_assets/emotion/', import.meta.url)

/** A module of 200 functions, f0, f1 and so on, of which each returns its number. */
function numbers() {
  const all = Array.from({length: 200}, (_, number) => number)
  // two bytes, as numbers from 128 to 16383 need
  const unsigned = (/** @type {number} */ value) => [(value & 127) | 128, value >> 7]
  const count = unsigned(all.length)
  const text = (/** @type {string} */ name) => [name.length, ...Buffer.from(name)]
  const section = (/** @type {number} */ id, /** @type {number[]} */ content) => [
    id,
    ...unsigned(content.length),
    ...content,
  ]
  return Uint8Array.from([
    0,
    97,
    115,
    109,
    1,
    0,
    0,
    0,
    ...section(1, [1, 96, 0, 1, 127]),
    ...section(3, [...count, ...all.map(() => 0)]),
    ...section(7, [
      ...count,
      ...all.flatMap((number) => [...text(`f${number}`), 0, ...unsigned(number)]),
    ]),
    ...section(10, [...count, ...all.flatMap((number) => [5, 0, 65, ...unsigned(number), 11])]),
  ])
}

const BODY = 6 // bytes of each
const HEAD = numbers().length - 200 * BODY
/**
 * Of the code section of what is kept of `numbers`: a count of two bytes, 101 bodies, 99 traps of
 * four bytes.
 */
const LEFT = 2 + 101 * BODY + 99 * 4
const KEPT = {
  bytes: numbers().length,
  codeSize: {at: HEAD - 4, places: 2, value: LEFT},
  runs: [HEAD, 3 * BODY, 3, 100 * BODY, 96 * BODY, 96, BODY, 0, 0],
}

/**
 * @param {Uint8Array} wasm
 * @param {import('../../../extension/engine/wasm-trim/trim.js').Used} used
 * @param {number} [piece]  How many bytes at a time.
 */
function trimmed(wasm, used, piece = wasm.length) {
  const trimmer = createTrimmer(used)
  for (let at = 0; at < wasm.length; at += piece) trimmer.take(wasm.slice(at, at + piece))
  return trimmer.finish()
}

for (const piece of [1, 7, 64, 600, 5000]) {
  test(`functions that are left out trap, all others do what they did; read in pieces of ${piece}`, async () => {
    const wasm = trimmed(numbers(), KEPT, piece)
    assert.ok(wasm && wasm.length < numbers().length)
    const {instance} = await WebAssembly.instantiate(wasm)
    const call = (/** @type {number} */ number) =>
      /** @type {() => number} */ (instance.exports[`f${number}`])()
    for (const number of [3, 50, 102, 199]) assert.equal(call(number), number)
    for (const number of [0, 2, 103, 198])
      assert.throws(() => call(number), WebAssembly.RuntimeError)
  })
}

test('a wasm of which the list does not tell, shorter or longer, is not trimmed', () => {
  const wasm = numbers()
  assert.equal(trimmed(wasm.slice(1), KEPT), null)
  assert.equal(trimmed(Uint8Array.from([...wasm, 0]), KEPT), null)
})

test('the list tells of the runtime that ships, and leaves out most of it', () => {
  const wasm = new Uint8Array(readFileSync(WASM))
  const some = trimmed(wasm, USED, 2 ** 18)
  assert.ok(
    some && some.length < 0.4 * wasm.length,
    `${some?.length} of ${wasm.length} bytes are left`,
  )
  assert.ok(WebAssembly.validate(some))
})

test('the model that ships calls nothing that is left out, and says of each length what it says with all of the runtime', async () => {
  const read = (/** @type {string} */ name) => new Uint8Array(readFileSync(new URL(name, ASSET)))
  const spec = JSON.parse(readFileSync(new URL('model.json', ASSET), 'utf8'))
  const tokenizer = await createTokenizer(
    spec.tokenizer,
    readFileSync(new URL(spec.tokenizer.vocabulary, ASSET), 'utf8'),
    assert.fail,
  )
  await startRuntime(
    /** @type {any} */ (ort),
    1,
    WebAssembly.compile(/** @type {Uint8Array<ArrayBuffer>} */ (trimmed(read(WASM.href), USED))),
  )
  const parts = {
    spec,
    tokenizer,
    modelBytes: {graph: read(spec.graph), weights: read(spec.weights)},
  }
  const some = await createClassifier({...parts, ort: /** @type {any} */ (ort)})
  const {InferenceSession, Tensor} = await import(
    /** @type {any} */ ('../../../tools/node_modules/onnxruntime-web/dist/ort.node.min.mjs')
  )
  const whole = await createClassifier({
    ...parts,
    ort: /** @type {any} */ ({InferenceSession, Tensor}),
  })
  for (const words of [0, 1, 2, 3, 6, 20, 61, 130, 300, 509]) {
    const text = 'happy '.repeat(words)
    const [ours, all] = [await some.classify(text), await whole.classify(text)]
    ours.scores.forEach((score, label) =>
      assert.ok(
        Math.abs(score - nth(all.scores, label)) < 1e-5,
        `${words} words: ${ours.scores} and ${all.scores}`,
      ),
    )
  }
})
