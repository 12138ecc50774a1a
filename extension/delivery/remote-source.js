// Where the engine's files come from in an extension whose model a server delivers: the model from
// there, once, and from this device from then on; all else, and all code, from the package. The
// builder puts this module in the place of host/model-source.js.

import {open as openOfPackage} from '../engine/stream-file.js'
import {readRuntime} from '../engine/wasm-trim/runtime-store.js'
import {trimsRuntime} from '../platform/settings-store.js'
import {asFailure, Failure} from '../shared/failures.js'
import {once} from '../shared/once.js'
import {removeDamaged} from '../delivery/kept.js'
import {choosePinned} from '../delivery/pinned-model.js'
import {openServer, tellProgress} from '../delivery/server.js'
import {chooseSigned} from '../delivery/signed-choice.js'

/** @typedef {import('./types.js').Chosen} Chosen */

const ROOT = new URL('../', import.meta.url)

/**
 * @param {(done: number, total: number) => void} onProgress
 * @returns {import('../host/model-source.js').ModelSource}
 */
export function createSource(onProgress) {
  tellProgress(onProgress)
  /** What was chosen, once it was. @type {Chosen | undefined} */ let chosen
  const choose = once(async () => {
    const server = await openServer()
    chosen = await (server.delivery.publicKey ? chooseSigned(server) : choosePinned(server))
    return chosen
  })

  /** @param {Promise<void> | undefined} work */
  function later(work) {
    work?.catch((error) => console.warn('What is kept could not be changed', error))
  }

  return {
    async open(url) {
      const path = url.href.slice(ROOT.href.length)
      const file = path.startsWith('model/')
        ? (await choose()).files.find((file) => file.path === path)
        : undefined
      return file ? (await openServer()).get(file) : openOfPackage(url)
    },

    readRuntime: async (whole) => readRuntime(whole || !(await trimsRuntime())),
    readIntegrity: async () => (await choose()).readIntegrity(),

    async explain(error) {
      const {code} = asFailure(error, 'start_failed')
      if (code !== 'damaged' || !chosen) return error
      const {store} = await openServer()
      if (!(await removeDamaged(store, chosen.files))) return error
      return new Failure('download_changed', `The browser changed what it kept: ${error}`)
    },

    answered: () => later(chosen?.answered()),

    failed(code) {
      later(chosen?.failed(code))
      return chosen?.standIn ?? false
    },
  }
}
