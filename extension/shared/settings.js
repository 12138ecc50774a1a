// What the reader decides, in storage.local. Only what differs from the defaults is kept, each
// setting under a key of its own.

/**
 * @typedef {object} Settings
 * @property {'system' | 'light' | 'dark'} theme
 * @property {'standard' | 'colour_blind'} palette
 * @property {number | null} minScore  0..1: under it the answer is "no clear emotion"; null leaves
 *   that to the model.
 * @property {'auto' | number} threads
 * @property {number} releaseAfterMinutes  Idle time after which the engine's memory is given back;
 *   0 keeps it.
 * @property {boolean} menuOnSelection  Whether the browser's menu has our entry on selected text.
 * @property {boolean} menuOnPage  Whether it has our entry on a bare page.
 * @property {boolean} pageFollowsContent  Whether the page view also reads what a page adds later.
 */

/** What holds where neither the reader nor the extension's author decided. @type {Settings} */
const DEFAULTS = {
  theme: 'system',
  palette: 'standard',
  minScore: null,
  threads: 'auto',
  releaseAfterMinutes: 5,
  menuOnSelection: true,
  menuOnPage: true,
  pageFollowsContent: false,
}

export const MAX_THREADS = 16
const MAX_MINUTES = 24 * 60
const PREFIX = 'setting:'
const NAMES = /** @type {(keyof Settings)[]} */ (Object.keys(DEFAULTS))

/** @type {{[K in keyof Settings]: (value: unknown) => boolean}} */
const VALID = {
  theme: (value) => value === 'system' || value === 'light' || value === 'dark',
  palette: (value) => value === 'standard' || value === 'colour_blind',
  minScore: (value) => value === null || (typeof value === 'number' && value >= 0 && value <= 1),
  threads: (value) => value === 'auto' || (isWhole(value) && value >= 1 && value <= MAX_THREADS),
  releaseAfterMinutes: (value) => typeof value === 'number' && value >= 0 && value <= MAX_MINUTES,
  menuOnSelection: isBoolean,
  menuOnPage: isBoolean,
  pageFollowsContent: isBoolean,
}

/**
 * Settings out of what was kept and what the author chose; whatever is not valid, or not known any
 * more, is as if it were not there.
 * @param {Record<string, unknown>} kept  By setting.
 * @param {Record<string, unknown>} [authored]  By setting.
 * @returns {Settings}
 */
export function settle(kept, authored = {}) {
  return /** @type {Settings} */ (
    Object.fromEntries(
      NAMES.map((name) => [
        name,
        [kept[name], authored[name]].find((value) => value !== undefined && VALID[name](value)) ??
          DEFAULTS[name],
      ]),
    )
  )
}

/** @returns {Promise<Settings>} */
export async function readSettings() {
  const [kept, authored] = await Promise.all([
    chrome.storage.local.get(NAMES.map((name) => PREFIX + name)),
    readAuthored(),
  ])
  return settle(Object.fromEntries(NAMES.map((name) => [name, kept[PREFIX + name]])), authored)
}

/**
 * @param {Partial<Settings>} patch @throws {RangeError} if a value is not valid: nothing is kept
 *   then.
 */
export async function writeSettings(patch) {
  for (const name of /** @type {(keyof Settings)[]} */ (Object.keys(patch))) {
    if (!VALID[name]?.(patch[name]))
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
 * @param {() => void} changed  Called whenever the reader chose another number of threads, or none
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

/** @param {unknown} value @returns {value is number} */
function isWhole(value) {
  return Number.isInteger(value)
}

/** @param {unknown} value */
function isBoolean(value) {
  return typeof value === 'boolean'
}
