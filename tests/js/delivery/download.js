// Fetches one file many times from a server that fails often, and tells how each download ended.
// Run by tests/delivery/test_faulty_server.py: node download.js ADDRESS INDEX COUNT TRIES MS

import {readFile} from 'node:fs/promises'
import {ZSTDDecoder} from '../../../tools/node_modules/zstddec/dist/zstddec.mjs'
import {createDelivery, SHARD_ENDING} from '../../../extension/delivery/delivery.js'
import {sha256Of} from '../../../extension/delivery/hash.js'
import {inMemory} from '../../../extension/delivery/store.js'

const [address, indexFile = '', count, tries, stalledMs] = process.argv.slice(2)
const {files} = JSON.parse(await readFile(indexFile, 'utf8'))
const PATIENCE = {attempts: 3, stalledMs: Number(stalledMs), pauseMs: 1}

console.warn = () => {} // every failed attempt would be told

async function startDecoder() {
  const decoder = new ZSTDDecoder()
  await decoder.init()
  return /** @type {any} */ (decoder)
}

/** What was asked for though it had come. @type {string[]} */ const again = []
const kept = new Set()
const {fetch: fetchOfNode} = globalThis
globalThis.fetch = (/** @type {any} */ url, /** @type {any} */ options) => {
  if (kept.has(String(url))) again.push(String(url))
  return fetchOfNode(url, options)
}

/** @param {string} base */
function watched(base) {
  const store = inMemory()
  /** @type {typeof store.put} */
  const put = async (kind, sha256, bytes) => {
    await store.put(kind, sha256, bytes)
    if (kind === 'shard') kept.add(`${base}${sha256}${SHARD_ENDING}`)
  }
  return {...store, put}
}

/** As a reader who tries again, with what has come kept. @param {number} number */
async function download(number) {
  const base = `${address}${number}/`
  const store = watched(base)
  /** @type {string[]} */ const failures = []
  /** @type {[number, number][]} */ const told = []
  for (let attempt = 0; attempt < Number(tries); attempt++) {
    const {get} = createDelivery({
      base: new URL(base),
      store,
      startDecoder,
      onProgress: (done, total) => told.push([done, total]),
      patience: PATIENCE,
    })
    try {
      const response = await get(files[0])
      const sha256 = await sha256Of(new Uint8Array(await response.arrayBuffer()))
      return {sha256, failures, told: told.at(-1), overdone: told.some(([done, all]) => done > all)}
    } catch (error) {
      failures.push(/** @type {any} */ (error).code ?? String(error))
    }
  }
  return {sha256: null, failures}
}

const ends = []
for (let begin = 0; begin < Number(count); begin += 10) {
  const numbers = Array.from({length: Math.min(10, Number(count) - begin)}, (_, n) => begin + n)
  ends.push(...(await Promise.all(numbers.map(download))))
}
process.stdout.write(JSON.stringify({ends, again}))
