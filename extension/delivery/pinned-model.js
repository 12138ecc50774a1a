// The model that the package fixes by its SHA-256: its index is under that name at the server, and
// on the device from then on.

import {readIntegrity, check} from '../engine/integrity.js'
import {open, readWhole} from '../engine/stream-file.js'
import {fetchChecked} from './fetch-checked.js'
import {tidy} from './kept.js'
import {mayFetch} from './may-fetch.js'
import {filesOf, INDEX_LIMIT, parse} from './model-index.js'

/**
 * @typedef {import('./delivery.js').DeliveredFile} DeliveredFile
 * @typedef {import('../engine/integrity.js').Integrity} Integrity
 * @typedef {import('../platform/settings-store.js').Delivery} Delivery
 */

const DESCRIPTION = 'model/model.json'

/** What the package's own model.json lists, by their place in the package. */
export async function packagedFiles() {
  const {files} = await readIntegrity()
  const bytes = await readWhole(await open(new URL(`../${DESCRIPTION}`, import.meta.url)))
  await check('model.json', bytes, Promise.resolve(files[DESCRIPTION]))
  const described = JSON.parse(new TextDecoder().decode(bytes)).files
  return described.map((/** @type {DeliveredFile} */ file) => ({
    ...file,
    path: `model/${file.path}`,
  }))
}

/**
 * @param {Awaited<ReturnType<typeof import('./server.js').openServer>>} server
 * @returns {Promise<import('./types.js').Chosen>}
 * @throws {import('../shared/failures.js').Failure}
 */
export async function choosePinned({store, delivery}) {
  const files = await readPinned(store, delivery)
  return {
    files,
    readIntegrity,
    standIn: false,

    async answered() {
      await tidy(store, files)
      await store.keepOnly('index', new Set([delivery.model]))
    },

    async failed(code) {
      // Another build may have packed the same model into other shards. An error page without CORS
      // headers looks as if there were no network.
      if (code === 'download_refused' || code === 'download_offline')
        await store.remove('index', delivery.model)
    },
  }
}

/**
 * @param {import('./store.js').Store} store
 * @param {Delivery} delivery
 * @param {import('./fetch-checked.js').Patience} [patience]
 * @returns {Promise<DeliveredFile[]>} All but model.json, which the package holds.
 * @throws {import('../shared/failures.js').Failure}
 */
export async function readPinned(store, {address, model, origins}, patience) {
  const wanted = await packagedFiles()
  const kept = await store.get('index', model)
  if (kept) {
    try {
      return filesOf(parse(await kept.text()), wanted)
    } catch (error) {
      console.warn('The kept index is damaged, and is fetched again', error)
    }
  }
  await mayFetch(origins)
  const url = new URL(`model/${model}.json`, address)
  const bytes = await fetchChecked({url, bytes: INDEX_LIMIT}, () => {}, patience)
  const files = filesOf(parse(new TextDecoder().decode(bytes)), wanted)
  await store.put('index', model, bytes)
  return files
}
