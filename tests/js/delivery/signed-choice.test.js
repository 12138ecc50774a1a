// Which signed model a start of the engine uses, and what becomes of one that fails.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {sha256Of} from '../../../extension/delivery/hash.js'
import {chooseSigned} from '../../../extension/delivery/signed-choice.js'
import {inMemory} from '../../../extension/delivery/store.js'
import {openVersions} from '../../../extension/delivery/versions.js'
import {author} from '../support/author.js'

const LABELS = {labels: [{id: 'joy'}], activation: 'softmax', tokenizer: {kind: 'wordpiece'}}
const SELF_TEST = {text: 'fine', scores: [1], tolerance: 0.03}
const PACKAGED = {version: '1.0.0', ...LABELS}
const CODE = {files: {'runtime/a.wasm': 'c0de', 'model/model.json': 'old'}, trimmedRuntime: null}

/** @param {unknown} value */
const asBytes = (value) => new TextEncoder().encode(JSON.stringify(value))

/**
 * A package, an author, and a server that offers what was published last.
 * @param {import('node:test').TestContext} context
 */
async function published(context) {
  const {publicKey, sign} = await author()
  const store = inMemory()
  /** @type {Map<string, Uint8Array<ArrayBuffer>>} */ const files = new Map()
  let latest = new Uint8Array()
  context.mock.method(globalThis, 'fetch', async (/** @type {URL} */ {pathname}) => {
    if (pathname.endsWith('integrity.json')) return new Response(asBytes({...CODE, selfTest: {}}))
    if (pathname.endsWith('model.json')) return new Response(asBytes(PACKAGED))
    if (pathname.endsWith('latest.json')) return new Response(latest)
    throw new TypeError(`${pathname} is not there`)
  })
  const delivery = {address: 'https://models.example/', model: '', publicKey, origins: []}
  /** @param {import('../../../extension/delivery/delivery.js').DeliveredFile} file */
  async function get({sha256}) {
    const kept = await store.get('file', sha256)
    if (kept) return kept
    const bytes = files.get(sha256) ?? new Uint8Array()
    await store.put('file', sha256, bytes)
    return new Response(bytes)
  }
  return {
    server: /** @type {any} */ ({store, delivery, get}),
    versions: openVersions(store, publicKey),
    /** @param {string} version @param {object} [change]  Of its model.json. */
    async publish(version, change = {}) {
      const bytes = asBytes({version, ...LABELS, ...change})
      const sha256 = await sha256Of(bytes)
      files.set(sha256, bytes)
      const shards = [{sha256, bytes: bytes.length, plain: bytes.length}]
      const file = {path: 'model/model.json', bytes: bytes.length, sha256, shards}
      latest = await sign({version, model: sha256, files: [file], selfTest: SELF_TEST})
      const index = {version, model: sha256, files: [file], selfTest: SELF_TEST}
      return {...index, envelope: latest}
    },
  }
}

test('the first model is the latest one, with its own hashes beside those of the code', async (context) => {
  const {server, versions, publish} = await published(context)
  const {model} = await publish('1.2.0')
  const chosen = await chooseSigned(server)
  assert.deepEqual(await chosen.readIntegrity(), {
    files: {'runtime/a.wasm': 'c0de', 'model/model.json': model},
    trimmedRuntime: null,
    selfTest: SELF_TEST,
  })
  assert.equal(chosen.standIn, false)
  assert.equal(await versions.installed(), null, 'it has not answered yet')
  await chosen.answered()
  assert.equal((await versions.installed())?.version, '1.2.0')
  assert.equal(await versions.wholeCandidate(), null)
})

test('a first model that is older than the package is refused, and one with other labels', async (context) => {
  const {server, publish} = await published(context)
  await publish('0.9.0')
  await assert.rejects(chooseSigned(server), {code: 'download_forged'})
  await publish('2.0.0', {labels: [{id: 'fear'}]})
  await assert.rejects(chooseSigned(server), {code: 'download_changed'})
})

test('a model that was lost is not replaced by an older one', async (context) => {
  const {server, publish} = await published(context)
  await publish('2.0.0')
  await (await chooseSigned(server)).answered()
  await server.store.keepOnly('file', new Set())
  await publish('1.5.0')
  await assert.rejects(chooseSigned(server), {code: 'download_forged'})
})

test('a candidate is tried, and takes the place once it answered', async (context) => {
  const {server, versions, publish} = await published(context)
  await publish('1.2.0')
  await (await chooseSigned(server)).answered()
  const newer = await publish('1.3.0')
  await versions.propose(newer)
  assert.equal((await chooseSigned(server)).files[0]?.sha256 === newer.model, false, 'not whole')
  for (const file of newer.files) await server.get(file)
  const trial = await chooseSigned(server)
  assert.equal(trial.files[0]?.sha256, newer.model)
  assert.equal(trial.standIn, true)
  await trial.answered()
  assert.equal((await versions.installed())?.version, '1.3.0')
})

test('a candidate that fails leaves the model before it, and is not tried again', async (context) => {
  const {server, versions, publish} = await published(context)
  const first = await publish('1.2.0')
  await (await chooseSigned(server)).answered()
  const newer = await publish('1.3.0')
  await versions.propose(newer)
  for (const file of newer.files) await server.get(file)
  const trial = await chooseSigned(server)
  const failing = trial.failed('wrong_numbers')
  assert.equal((await chooseSigned(server)).files[0]?.sha256, first.model, 'at once')
  await failing
  assert.equal((await chooseSigned(server)).files[0]?.sha256, first.model)
  assert.equal(await versions.isRefused(newer.model), true)
})

test('a candidate that the browser damaged is not refused for good', async (context) => {
  const {server, versions, publish} = await published(context)
  await publish('1.2.0')
  await (await chooseSigned(server)).answered()
  const newer = await publish('1.3.0')
  await versions.propose(newer)
  for (const file of newer.files) await server.get(file)
  await (await chooseSigned(server)).failed('download_changed')
  assert.equal(await versions.isRefused(newer.model), false)
})
