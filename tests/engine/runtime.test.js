// What is compiled of ONNX Runtime, and what is left out.
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
// @ts-expect-error - the wasm build comes without types of its own
import * as ort from '../../tools/node_modules/onnxruntime-web/dist/ort.wasm.min.mjs'
import {compileRuntime, startRuntime} from '../../extension/engine/runtime.js'
import {createClassifier} from '../../extension/engine/session.js'
import {createTokenizer} from '../../extension/engine/tokenizer.js'
import {trim} from '../../extension/engine/trim.js'
import {USED} from '../../extension/engine/used-functions.js'

const WASM = new URL('../../tools/node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm', import.meta.url)
const ASSET = new URL('../../model_assets/emotion/', import.meta.url)

/** A module of 200 functions, f0, f1 and so on, of which each returns its number. */
function numbers() {
  const all = Array.from({length: 200}, (_, number) => number)
  const unsigned = (/** @type {number} */ value) => [value & 127 | 128, value >> 7] // two bytes, as numbers from 128 to 16383 need
  const count = unsigned(all.length)
  const text = (/** @type {string} */ name) => [name.length, ...Buffer.from(name)]
  const section = (/** @type {number} */ id, /** @type {number[]} */ content) => [id, ...unsigned(content.length), ...content]
  return Uint8Array.from([
    0, 97, 115, 109, 1, 0, 0, 0,
    ...section(1, [1, 96, 0, 1, 127]),
    ...section(3, [...count, ...all.map(() => 0)]),
    ...section(7, [...count, ...all.flatMap((number) => [...text(`f${number}`), 0, ...unsigned(number)])]),
    ...section(10, [...count, ...all.flatMap((number) => [5, 0, 65, ...unsigned(number), 11])]),
  ])
}

test('functions that are left out trap, all others do what they did', async () => {
  const wasm = numbers()
  const trimmed = trim(wasm, {bytes: wasm.length, runs: [3, 100, 96, 1]})
  assert.ok(trimmed.length < wasm.length)
  const {instance} = await WebAssembly.instantiate(trimmed)
  const call = (/** @type {number} */ number) => /** @type {() => number} */ (instance.exports[`f${number}`])()
  for (const number of [3, 50, 102, 199]) assert.equal(call(number), number)
  for (const number of [0, 2, 103, 198]) assert.throws(() => call(number), WebAssembly.RuntimeError)
})

test('a wasm that the list does not tell of stays as it is', () => {
  const wasm = numbers()
  assert.equal(trim(wasm, {bytes: wasm.length + 1, runs: [3, 197]}), wasm)
  assert.equal(trim(wasm, {bytes: wasm.length, runs: [3, 196]}), wasm)
  const empty = wasm.slice(0, 8)
  assert.equal(trim(empty, {bytes: empty.length, runs: [3, 197]}), empty)
})

test('what is no wasm, or is not there, is an error', async () => {
  await assert.rejects(compileRuntime(new URL('data:application/wasm,no'), Promise.resolve(null)), WebAssembly.CompileError)
  await assert.rejects(compileRuntime(new URL('none.wasm', WASM), Promise.resolve(null)))
})

test('the list tells of the runtime that ships, and leaves out most of it', () => {
  const wasm = new Uint8Array(readFileSync(WASM))
  const trimmed = trim(wasm, USED)
  assert.ok(trimmed.length < 0.4 * wasm.length, `${trimmed.length} of ${wasm.length} bytes are left`)
  assert.ok(WebAssembly.validate(trimmed))
})

test('the model that ships calls nothing that is left out, and says of each length what it says with all of the runtime', async () => {
  const read = (/** @type {string} */ name) => new Uint8Array(readFileSync(new URL(name, ASSET)))
  const spec = JSON.parse(readFileSync(new URL('model.json', ASSET), 'utf8'))
  const tokenizer = await createTokenizer(spec.tokenizer, readFileSync(new URL(spec.tokenizer.vocabulary, ASSET), 'utf8'), assert.fail)
  await startRuntime(/** @type {any} */ (ort), 1, WebAssembly.compile(trim(read(WASM.href), USED)))
  const parts = {spec, tokenizer, modelBytes: {graph: read(spec.graph), weights: read(spec.weights)}}
  const trimmed = await createClassifier({...parts, ort: /** @type {any} */ (ort)})
  const {InferenceSession, Tensor} = await import(/** @type {any} */ ('../../tools/node_modules/onnxruntime-web/dist/ort.node.min.mjs'))
  const whole = await createClassifier({...parts, ort: /** @type {any} */ ({InferenceSession, Tensor})})
  for (const words of [0, 1, 2, 3, 6, 20, 61, 130, 300, 509]) {
    const text = 'happy '.repeat(words)
    const [ours, all] = [await trimmed.classify(text), await whole.classify(text)]
    ours.scores.forEach((score, label) => assert.ok(Math.abs(score - all.scores[label]) < 1e-5, `${words} words: ${ours.scores} and ${all.scores}`))
  }
})
