// The shipped model in Node, through the modules that the extension ships.
import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import {after, before, test} from 'node:test'
// @ts-expect-error - the build for Node comes without types
import * as ort from '../../tools/node_modules/onnxruntime-web/dist/ort.node.min.mjs'
import {readModel} from '../../extension/engine/model-store.js'
import {createClassifier} from '../../extension/engine/session.js'
import {createTokenizer} from '../../extension/engine/tokenizer.js'

const folder = new URL('../../model_assets/emotion/', import.meta.url)
const server = createServer(async ({url = ''}, response) => {
  if (url.startsWith('/short/') && url.endsWith('.onnx')) return response.end('short')
  try {
    response.end(await readFile(new URL(url.replace(/^\/\w+\//, ''), folder)))
  } catch {
    response.writeHead(404).end()
  }
})
/** @type {string} */ let address

before(async () => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  address = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`
})
after(() => server.close())

test('the model says joy of a joyful text, with scores that sum to one', async () => {
  const {spec, vocabulary, modelBytes} = await readModel(new URL(`${address}/model/`))
  ort.env.wasm.numThreads = 1
  const classifier = await createClassifier({
    modelBytes, spec, tokenizer: await createTokenizer(spec.tokenizer, vocabulary, assert.fail), ort,
  })
  const {scores, tokens, truncated} = await classifier.classify('i feel so happy and grateful today')
  assert.equal(spec.labels[scores.indexOf(Math.max(...scores))].id, 'joy')
  assert.ok(Math.abs(scores.reduce((a, b) => a + b) - 1) < 1e-6)
  assert.equal(tokens, 9)
  assert.equal(truncated, false)
  assert.equal((await classifier.classify('very '.repeat(1000))).truncated, true)
})

test('a file of another length than model.json says is refused by its name', async () => {
  await assert.rejects(readModel(new URL(`${address}/short/`)), /model\.onnx has 5 bytes instead of/)
})

test('a file that is not there is refused by its name', async () => {
  await assert.rejects(readModel(new URL(`${address}/model/deeper/`)), /model\.json cannot be read \(404\)/)
})
