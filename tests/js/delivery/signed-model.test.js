// Who signed an index, and which version may follow which.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {author} from '../support/author.js'
import {fits, isNewer, readSigned} from '../../../extension/delivery/signed-model.js'
import {inMemory} from '../../../extension/delivery/store.js'
import {openVersions} from '../../../extension/delivery/versions.js'

const MODEL = 'a'.repeat(64)
const FILE = {path: 'model/model.json', bytes: 0, sha256: MODEL, shards: []}
const INDEX = {
  version: '1.2.0',
  model: MODEL,
  files: [FILE],
  selfTest: {text: 'fine', scores: [1, 0], tolerance: 0.03},
}
/** @param {string} code */
const withCode = (code) => (/** @type {any} */ error) => error.code === code

test('an index that the author signed is read', async () => {
  const {publicKey, sign} = await author()
  assert.deepEqual(await readSigned(await sign(INDEX), publicKey), INDEX)
})

test('one that another signed, or that was changed after it was signed, is forged', async () => {
  const [ours, theirs] = [await author(), await author()]
  const forged = withCode('download_forged')
  await assert.rejects(readSigned(await theirs.sign(INDEX), ours.publicKey), forged)
  const changed = await ours.sign(INDEX, (text) => text.replace('1.2.0', '9.2.0'))
  await assert.rejects(readSigned(changed, ours.publicKey), forged)
  for (const text of ['{}', 'null', '{"index": "{}", "signature": "*"}'])
    await assert.rejects(readSigned(new TextEncoder().encode(text), ours.publicKey), forged)
})

/** @type {[string, object][]} */
const MISTAKES = [
  ['a version that is no number', {version: '1.2-beta'}],
  ['no model.json', {files: []}],
  ['a file outside of the model', {files: [FILE, {...FILE, path: 'runtime/ort.wasm'}]}],
  ['no self-test', {selfTest: null}],
]
for (const [what, change] of MISTAKES) {
  test(`a signed index with ${what} is not used`, async () => {
    const {publicKey, sign} = await author()
    const envelope = await sign({...INDEX, ...change})
    await assert.rejects(readSigned(envelope, publicKey), withCode('download_changed'))
  })
}

test('versions are compared by number', () => {
  assert.equal(isNewer('1.10.0', '1.9.0'), true)
  assert.equal(isNewer('1.9.0', '1.10.0'), false)
  assert.equal(isNewer('1.2', '1.2.0'), false)
  assert.equal(isNewer('1.2.0.1', '1.2'), true)
})

test('a model fits a package that can show its labels and run its tokenizer', () => {
  const packaged = {
    labels: [{id: 'joy'}, {id: 'fear'}],
    activation: 'softmax',
    tokenizer: {kind: 'wordpiece'},
  }
  assert.equal(fits({...packaged, version: '2', min_score: 0.5}, packaged), true)
  assert.equal(fits({...packaged, labels: [{id: 'joy'}]}, packaged), false)
  assert.equal(fits({...packaged, activation: 'sigmoid'}, packaged), false)
  assert.equal(fits({...packaged, tokenizer: {kind: 'bpe'}}, packaged), false)
  assert.equal(fits({}, packaged), false)
})

test('a model is installed once it answered, and refused for good once it failed', async () => {
  const {publicKey, sign} = await author()
  const versions = openVersions(inMemory(), publicKey)
  const envelope = await sign({...INDEX, files: [FILE]})
  const version = {...(await readSigned(envelope, publicKey)), envelope}
  await versions.propose(version)
  assert.equal(await versions.installed(), null)
  await versions.accept(version)
  assert.equal((await versions.installed())?.version, '1.2.0')
  assert.equal(await versions.wholeInstalled(), null, 'its files are not here')
  assert.equal(await versions.isRefused(MODEL), false)
  await versions.refuse(version)
  assert.equal(await versions.isRefused(MODEL), true)
})

test('what the browser changed of a kept index is as if it were not there', async () => {
  const {publicKey, sign} = await author()
  const store = inMemory()
  const envelope = await sign(INDEX)
  await store.put(
    'index',
    'installed',
    envelope.map((byte, place) => (place === 40 ? byte ^ 1 : byte)),
  )
  assert.equal(await openVersions(store, publicKey).installed(), null)
})
