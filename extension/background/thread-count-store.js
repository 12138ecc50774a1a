// How many threads were found to be fastest on this device. Another version may hold another model
// or runtime, so its number counts no more.

import {onThreadsChanged} from '../platform/settings-store.js'
import {isValid} from '../shared/settings.js'

const KEY = 'measured-threads'

/** @typedef {{threads: number, version: string, cores: number}} Measured */

/** @returns {Promise<number | null>} Null if nothing was measured that still counts. */
export async function measuredThreads() {
  const {[KEY]: kept} = /** @type {{[KEY]?: Measured}} */ (await chrome.storage.local.get(KEY))
  const {version, cores} = circumstances()
  const counts =
    kept?.version === version && kept.cores === cores && isValid('threads', kept.threads)
  return counts ? kept.threads : null
}

/** @param {number} threads */
export async function keepMeasuredThreads(threads) {
  await chrome.storage.local.set({[KEY]: /** @type {Measured} */ ({threads, ...circumstances()})})
}

/** Drop the measured number when the user changes the setting: then it is measured again. */
export function clearOnUserChoice() {
  onThreadsChanged(() => {
    chrome.storage.local
      .remove(KEY)
      .catch((error) => console.error('The number of threads was not forgotten', error))
  })
}

function circumstances() {
  return {version: chrome.runtime.getManifest().version, cores: navigator.hardwareConcurrency}
}
