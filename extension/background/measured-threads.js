// How many threads were found to be fastest on this device. Another version may hold another model or runtime, so its number counts no more.

const KEY = 'measured-threads'

/** @typedef {{threads: number, version: string, cores: number}} Measured */

/** @returns {Promise<number | null>} Null if nothing was measured that still counts. */
export async function measuredThreads() {
  const {[KEY]: kept} = /** @type {{[KEY]?: Measured}} */ (await chrome.storage.local.get(KEY))
  const {version, cores} = circumstances()
  return kept?.version === version && kept.cores === cores ? kept.threads : null
}

/** @param {number | null} threads  Null forgets them. */
export async function keepMeasuredThreads(threads) {
  if (threads === null) await chrome.storage.local.remove(KEY)
  else await chrome.storage.local.set({[KEY]: /** @type {Measured} */ ({threads, ...circumstances()})})
}

function circumstances() {
  return {version: chrome.runtime.getManifest().version, cores: navigator.hardwareConcurrency}
}
