// What a browser changes or removes of a model is noticed, and fetched again.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {createDelivery} from '../../../extension/delivery/delivery.js'
import {sha256Of} from '../../../extension/delivery/hash.js'
import {hasAll, removeDamaged, tidy} from '../../../extension/delivery/kept.js'
import {inMemory} from '../../../extension/delivery/store.js'

const PLAIN = new TextEncoder().encode('a model')

/** A file in one shard, which is packed with nothing. */
async function served() {
  const sha256 = await sha256Of(PLAIN)
  const shards = [{sha256, bytes: PLAIN.length, plain: PLAIN.length}]
  return {path: 'model/weights.bin', bytes: PLAIN.length, sha256, shards}
}

/** @param {import('node:test').TestContext} context @param {ReturnType<typeof inMemory>} store */
function delivery(context, store) {
  const fetching = context.mock.method(globalThis, 'fetch', async () => new Response(PLAIN))
  const {get} = createDelivery({
    base: new URL('https://models.example/data/'),
    store,
    startDecoder: async () => /** @type {any} */ ({decode: (/** @type {any} */ bytes) => bytes}),
    onProgress: () => {},
    patience: {attempts: 1, stalledMs: 10_000, pauseMs: 1},
  })
  return {get, fetching}
}

test('a kept shard that was changed is fetched again at the next attempt', async (context) => {
  const file = await served()
  const store = inMemory()
  const {get, fetching} = delivery(context, store)
  await store.put(
    'shard',
    file.sha256,
    PLAIN.map((byte) => byte ^ 1),
  )
  await assert.rejects(get(file), {code: 'download_changed'})
  assert.equal(fetching.mock.callCount(), 0)
  assert.deepEqual(new Uint8Array(await (await get(file)).arrayBuffer()), PLAIN)
  assert.equal(fetching.mock.callCount(), 1)
})

test('a kept file that was changed is removed, and one that is whole stays', async (context) => {
  const file = await served()
  const store = inMemory()
  await delivery(context, store).get(file)
  assert.equal(await hasAll(store, [file]), true)
  assert.equal(await removeDamaged(store, [file]), false)
  await store.put(
    'file',
    file.sha256,
    PLAIN.map((byte) => byte ^ 1),
  )
  assert.equal(await removeDamaged(store, [file]), true)
  assert.equal(await hasAll(store, [file]), false)
})

test('shards stay until their file is whole, and go then with all that is old', async (context) => {
  const file = await served()
  const store = inMemory()
  await store.put('shard', file.sha256, PLAIN)
  await store.put('file', 'old', PLAIN)
  await tidy(store, [file])
  assert.ok(await store.get('shard', file.sha256))
  assert.equal(await store.get('file', 'old'), undefined)
  await delivery(context, store).get(file)
  await tidy(store, [file])
  assert.equal(await store.get('shard', file.sha256), undefined)
  assert.ok(await store.get('file', file.sha256))
})
