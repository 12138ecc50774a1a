// Theme and palette of a UI page: `data-theme` ("light" or "dark") and `data-palette` on the root,
// kept true while it is open.

import {onSettingsChanged, readSettings} from '../../platform/settings-store.js'

/** @typedef {import('../../shared/settings.js').Settings} Settings */

const dark = matchMedia('(prefers-color-scheme: dark)')
/** @type {Pick<Settings, 'theme' | 'palette'>} */ let looks = {
  theme: 'system',
  palette: 'standard',
}

/**
 * Put theme and palette on the page and follow both, the settings and the system. Every UI page
 * calls it once.
 */
export async function applyTheme() {
  dark.addEventListener('change', paint)
  onSettingsChanged(follow)
  try {
    follow(await readSettings())
  } catch (error) {
    console.warn('Settings were not read: the theme is the system’s', error)
    paint()
  }
}

/** @param {Settings} settings */
function follow({theme, palette}) {
  looks = {theme, palette}
  // for first-paint.js
  if (window === window.top) localStorage.setItem('looks', JSON.stringify(looks))
  paint()
}

function paint() {
  const {dataset} = document.documentElement
  dataset.theme = looks.theme === 'system' ? (dark.matches ? 'dark' : 'light') : looks.theme
  dataset.palette = looks.palette
}
