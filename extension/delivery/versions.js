// The signed models on the device: the one in use, the one that is to take its place, and the one
// that failed its self-test. Each is one entry of the store, so that a change is whole or not made.

import {hasAll} from './kept.js'
import {readSigned} from './signed-model.js'

/**
 * `envelope`: as it came, so that its signature is checked each time.
 * @typedef {import('./signed-model.js').SignedIndex & {envelope: Uint8Array<ArrayBuffer>}} Version
 * @typedef {import('./store.js').Store} Store
 */

const [INSTALLED, CANDIDATE, REFUSED] = ['installed', 'candidate', 'refused']

/** @param {Store} store @param {string} publicKey */
export function openVersions(store, publicKey) {
  /** @param {string} name @returns {Promise<Version | null>} */
  async function read(name) {
    const kept = await store.get('index', name)
    if (!kept) return null
    try {
      const envelope = new Uint8Array(await kept.arrayBuffer())
      return {...(await readSigned(envelope, publicKey)), envelope}
    } catch (error) {
      console.warn(`The ${name} model’s index is damaged`, error)
      return null
    }
  }

  /** @param {string} name */
  async function readWhole(name) {
    const version = await read(name)
    return version && (await hasAll(store, version.files)) ? version : null
  }

  return {
    installed: () => read(INSTALLED),
    wholeInstalled: () => readWhole(INSTALLED),
    wholeCandidate: () => readWhole(CANDIDATE),

    /** All files that one of them needs. */
    async files() {
      const versions = await Promise.all([INSTALLED, CANDIDATE].map(read))
      return versions.flatMap((version) => version?.files ?? [])
    },

    /** @param {string} model */
    async isRefused(model) {
      return (await (await store.get('index', REFUSED))?.text()) === model
    },

    /** @param {Version} version */
    propose: ({envelope}) => store.put('index', CANDIDATE, envelope),

    /** It answered as it should. @param {Version} version */
    async accept({envelope}) {
      await store.put('index', INSTALLED, envelope)
      await store.remove('index', CANDIDATE)
    },

    /** It did not. @param {Version} version */
    async refuse({model}) {
      await store.put('index', REFUSED, new TextEncoder().encode(model))
      await store.remove('index', CANDIDATE)
    },
  }
}
