// The settings in storage.local. Only what differs from the defaults is kept, each setting under a
// key of its own.

import {isValid, mergeSettings, NAMES} from '../shared/settings.js'

/** @typedef {import('../shared/settings.js').Settings} Settings */

const PREFIX = 'setting:'

/** @returns {Promise<Settings>} */
export async function readSettings() {
  const [kept, authored] = await Promise.all([
    chrome.storage.local.get(NAMES.map((name) => PREFIX + name)),
    readAuthored(),
  ])
  return mergeSettings(
    Object.fromEntries(NAMES.map((name) => [name, kept[PREFIX + name]])),
    authored,
  )
}

/**
 * @param {Partial<Settings>} patch @throws {RangeError} if a value is not valid: nothing is kept
 *   then.
 */
export async function writeSettings(patch) {
  for (const name of /** @type {(keyof Settings)[]} */ (Object.keys(patch))) {
    if (!isValid(name, patch[name]))
      throw new RangeError(`${name}: ${JSON.stringify(patch[name])} is not valid`)
  }
  await chrome.storage.local.set(
    Object.fromEntries(Object.entries(patch).map(([name, value]) => [PREFIX + name, value])),
  )
}

/** Go back to the defaults. @param {(keyof Settings)[]} [names]  All, if none are named. */
export async function resetSettings(names = NAMES) {
  await chrome.storage.local.remove(names.map((name) => PREFIX + name))
}

/**
 * @param {(settings: Settings) => void} changed  Called with all settings whenever one was changed,
 *   wherever that happened.
 */
export function onSettingsChanged(changed) {
  chrome.storage.local.onChanged.addListener((changes) => {
    if (NAMES.some((name) => PREFIX + name in changes))
      readSettings().then(changed, (error) => console.error('Settings were not read', error))
  })
}

/**
 * @param {() => void} changed  Called whenever the user chose another number of threads, or none
 *   any more.
 */
export function onThreadsChanged(changed) {
  chrome.storage.local.onChanged.addListener((changes) => {
    if (`${PREFIX}threads` in changes) changed()
  })
}

/**
 * Whether the runtime is trimmed when it starts: `[runtime] trim` of extension.toml.
 * @returns {Promise<boolean>}
 */
export async function trimsRuntime() {
  return (await readAuthored()).trim !== false
}

/**
 * Of a model that a server delivers. `address`: of the folder that the builder wrote. `model`: the
 * SHA-256 of model.json as packed. `publicKey`: whose signature an update carries; null where
 * none comes but with an update of the extension. `origins`: what its user has to allow first.
 * @typedef {{address: string, model: string, publicKey: string | null, origins: string[]}} Delivery
 */

/** @returns {Promise<Delivery | null>} Null where the package holds the model. */
export async function readDelivery() {
  return /** @type {Delivery | undefined} */ ((await readAuthored()).delivery) ?? null
}

/** @type {Promise<Record<string, unknown>> | undefined} */ let authored

/**
 * The author's defaults, which the builder writes from extension.toml; a source tree that was not
 * built has none.
 */
function readAuthored() {
  authored ??= fetch(new URL('../settings.json', import.meta.url))
    .then((response) => (response.ok ? response.json() : {}))
    .catch(() => ({}))
  return authored
}
