// The shipped model in Node, through the modules that the extension ships.
import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {readFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import {after, before, test} from 'node:test'
// @ts-expect-error - the build for Node comes without types
import * as ort from '../../../tools/node_modules/onnxruntime-web/dist/ort.node.min.mjs'
import {readModel} from '../../../extension/engine/model-store.js'
import {createClassifier} from '../../../extension/engine/session.js'
import {createTokenizer} from '../../../extension/engine/tokenizer.js'

const folder = new URL('../../../model_assets/emotion/', import.meta.url)
const description = readFileSync(new URL('model.json', folder))
const server = createServer(async ({url = ''}, response) => {
  // a connection kept alive may end just when the next request takes it
  response.setHeader('Connection', 'close')
  if (url.startsWith('/short/') && url.endsWith('.onnx')) return response.end('short')
  try {
    response.end(await readFile(new URL(url.replace(/^\/\w+\//, ''), folder)))
  } catch {
    response.writeHead(404).end()
  }
})
/** @type {string} */ let address
/** @type {import('../../../extension/engine/model-store.js').ModelSpec} */ let spec
/** @type {import('../../../extension/engine/session.js').Classifier} */ let classifier

/** @param {string} path @param {(done: number, total: number) => void} [onProgress] */
async function readWhole(path, onProgress) {
  const {spec, vocabulary, readBytes} = await readModel(new URL(`${address}/${path}/`), {
    sha256: Promise.resolve(createHash('sha256').update(description).digest('hex')),
    onFile: () => {},
    ...(onProgress ? {onProgress} : {}),
  })
  return {spec, vocabulary: await vocabulary, modelBytes: await readBytes()}
}

before(async () => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  address = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`
  const model = await readWhole('model')
  ort.env.wasm.numThreads = 1
  spec = model.spec
  const tokenizer = await createTokenizer(spec.tokenizer, model.vocabulary, assert.fail)
  classifier = await createClassifier({modelBytes: model.modelBytes, spec, tokenizer, ort})
})
after(() => server.close())

test('the model says joy of a joyful text, with scores that leave the rest to none of them', async () => {
  const {scores, tokens, windows} = await classifier.classify('i feel so happy and grateful today')
  assert.equal(spec.labels[scores.indexOf(Math.max(...scores))]?.id, 'joy')
  const sum = scores.reduce((a, b) => a + b)
  assert.ok(sum > 0.5 && sum < 1, `${sum}`)
  assert.deepEqual([tokens, windows], [7, 1])
})

test('a text longer than the model takes is read to its end, each part by its length', async () => {
  const joyful = 'i feel so happy today and '.repeat(20)
  const angry = 'i am furious with all of them and '.repeat(300)
  const {scores, tokens, windows} = await classifier.classify(joyful + angry)
  assert.equal(spec.labels[scores.indexOf(Math.max(...scores))]?.id, 'anger')
  assert.equal(tokens, 6 * 20 + 8 * 300)
  assert.equal(windows, 6)
  const sum = scores.reduce((a, b) => a + b)
  assert.ok(sum > 0.5 && sum < 1, `${sum}`)
})

test('progress counts the bytes of all files, up to their sum', async () => {
  /** @type {[number, number][]} */ const told = []
  await readWhole('model', (...figures) => told.push(figures))
  const total = spec.files.reduce((sum, {bytes}) => sum + bytes, 0)
  assert.ok(told.length > 3, 'the weights come in pieces')
  assert.deepEqual(
    told,
    told.toSorted(([a], [b]) => a - b),
  )
  assert.deepEqual(told.at(-1), [total, total])
})

test('a file of another length than model.json says is refused by its name', async () => {
  await assert.rejects(readWhole('short'), /model\.onnx has 5 bytes instead of/)
})

test('a file that is not there is refused by its name', async () => {
  await assert.rejects(readWhole('model/deeper'), /model\.json cannot be read \(404\)/)
})
