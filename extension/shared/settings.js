// What the user decides: the settings, their defaults, and which values are valid.
// platform/settings-store.js keeps them.

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

/** What holds where neither the user nor the extension's author decided. @type {Settings} */
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
export const NAMES = /** @type {(keyof Settings)[]} */ (Object.keys(DEFAULTS))

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
export function mergeSettings(kept, authored = {}) {
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

/**
 * @param {string} name  Of a setting, or of none.
 * @param {unknown} value
 */
export function isValid(name, value) {
  return Object.hasOwn(VALID, name) && VALID[/** @type {keyof Settings} */ (name)](value)
}

/** @param {unknown} value @returns {value is number} */
function isWhole(value) {
  return Number.isInteger(value)
}

/** @param {unknown} value */
function isBoolean(value) {
  return typeof value === 'boolean'
}
