// The settings: each takes effect at once, in all pages that are open.

import {
  onSettingsChanged,
  readSettings,
  resetSettings,
  writeSettings,
} from '../../platform/settings-store.js'
import {MAX_THREADS} from '../../shared/settings.js'
import {release, status} from '../lib/engine-client.js'
import {make} from '../lib/dom.js'
import {readLabels, tint} from '../lib/labels.js'
import {showModelDelivery} from '../lib/model-delivery.js'
import {readModel} from '../lib/model.js'
import {shortcutOf} from '../lib/shortcut.js'
import {applyTheme} from '../lib/theme.js'
import {number, percent, translate, t} from '../lib/i18n.js'

/** @typedef {import('../../shared/settings.js').Settings} Settings */

const RELEASE_MINUTES = [1, 5, 15, 60]
const POLL_INTERVAL_MS = 2000 // how often the line about the engine is brought up to date
// The engine reads these when it starts.
const FOR_ENGINE = /** @type {(keyof Settings)[]} */ ([
  'minScore',
  'threads',
  'releaseAfterMinutes',
])

/** @type {Settings} */ let settings
/** @type {Partial<Settings> | undefined} */ let before // what a reset can be undone to

/** @param {string} id */
const element = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id))
const themes = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll('[name=theme]')])
/** @type {Record<string, 'menuOnSelection' | 'menuOnPage' | 'pageFollowsContent'>} */
const SWITCHES = {
  'menu-selection': 'menuOnSelection',
  'menu-page': 'menuOnPage',
  follow: 'pageFollowsContent',
}

void applyTheme()
translate(document)
await begin()

async function begin() {
  const [model, labels, read] = await Promise.all([readModel(), readLabels(), readSettings()])
  const modelScore = Math.round(model.min_score * 100)
  settings = read

  element('swatches').append(...[...labels.values()].map(swatch))
  fillThreads()
  fillRelease()
  show()
  onSettingsChanged((changed) => {
    settings = changed
    show()
  })

  for (const radio of themes)
    radio.addEventListener('change', () =>
      keep({theme: /** @type {Settings['theme']} */ (radio.value)}),
    )
  element('palette').addEventListener('change', ({target}) =>
    keep({palette: /** @type {HTMLInputElement} */ (target).checked ? 'colour_blind' : 'standard'}),
  )
  element('min-score').addEventListener('input', () =>
    showScore(element('min-score').valueAsNumber),
  )
  element('min-score').addEventListener('change', () =>
    keep({minScore: element('min-score').valueAsNumber / 100}),
  )
  element('min-score-reset').addEventListener('click', () => {
    element('min-score').focus() // the button goes away
    void keep({minScore: null})
  })
  element('threads').addEventListener('change', () => {
    const {value} = element('threads')
    void keep({threads: value === 'auto' ? value : Number(value)})
  })
  element('release').addEventListener('change', () =>
    keep({releaseAfterMinutes: Number(element('release').value)}),
  )
  for (const [id, name] of Object.entries(SWITCHES))
    element(id).addEventListener('change', () => keep({[name]: element(id).checked}))
  element('release-now').addEventListener('click', async () => {
    await release()
    await look()
  })
  element('reset').addEventListener('click', async () => {
    before = await readSettings() // what is shown here may be a change behind
    await resetSettings()
    await release()
    say('reset_done')
    element('undo').hidden = false
  })
  element('undo').addEventListener('click', async () => {
    element('undo').hidden = true
    element('reset').focus()
    if (before) await keep(before)
  })

  void showModelDelivery()
  hideWhatIsMissing()
  showShortcut().catch((error) => console.error('The shortcut could not be read', error))
  void look()
  setInterval(look, POLL_INTERVAL_MS)

  function show() {
    for (const radio of themes) radio.checked = radio.value === settings.theme
    element('palette').checked = settings.palette === 'colour_blind'
    const score = settings.minScore === null ? modelScore : Math.round(settings.minScore * 100)
    element('min-score').valueAsNumber = score
    showScore(score)
    element('min-score-reset').hidden = settings.minScore === null
    element('min-score-reset').textContent = t('min_score_model', percent(model.min_score))
    fillThreads()
    fillRelease()
    for (const [id, name] of Object.entries(SWITCHES)) element(id).checked = settings[name]
  }
}

/** @param {Partial<Settings>} patch */
async function keep(patch) {
  await writeSettings(patch)
  // the next request starts the engine with them
  if (FOR_ENGINE.some((name) => name in patch)) await release()
  say('saved')
}

/** @param {'saved' | 'reset_done'} key */
function say(key) {
  element('said').textContent = ''
  requestAnimationFrame(() => {
    element('said').textContent = t(key)
  }) // said again even if it stood there
}

/** @param {number} value  In percent. */
function showScore(value) {
  element('min-score-value').textContent = percent(value / 100)
  element('min-score').setAttribute('aria-valuetext', percent(value / 100))
}

/**
 * As many as the device has, where this page is isolated from all others; a browser gives one
 * thread to any that is not.
 */
function fillThreads() {
  const several = globalThis.crossOriginIsolated
  const most = several ? Math.min(MAX_THREADS, navigator.hardwareConcurrency || 1) : 1
  const numbers = Array.from({length: most}, (_, index) => index + 1)
  if (several && settings.threads !== 'auto' && settings.threads > most)
    numbers.push(settings.threads)
  fill('threads', several ? ['auto', ...numbers] : [1], several ? settings.threads : 1, (value) =>
    value === 'auto' ? t('threads_auto') : number(/** @type {number} */ (value)),
  )
  element('threads').disabled = !several
  element('threads-help').textContent = t(several ? 'threads_help' : 'threads_one')
}

function fillRelease() {
  const minutes = [...new Set([...RELEASE_MINUTES, settings.releaseAfterMinutes])]
    .filter((value) => value > 0)
    .sort((a, b) => a - b)
  fill('release', [...minutes, 0], settings.releaseAfterMinutes, (value) =>
    value === 0
      ? t('release_never')
      : number(/** @type {number} */ (value), {style: 'unit', unit: 'minute', unitDisplay: 'long'}),
  )
}

/**
 * @param {string} id
 * @param {(string | number)[]} values
 * @param {string | number} chosen
 * @param {(value: string | number) => string} name
 */
function fill(id, values, chosen, name) {
  const select = document.getElementById(id)
  select?.replaceChildren(
    ...values.map((value) => new Option(name(value), String(value), false, value === chosen)),
  )
}

async function look() {
  if (document.hidden) return
  try {
    const {engine} = await status()
    element('engine').textContent = t(`engine_${engine}`)
    element('release-now').disabled = engine === 'off'
  } catch (error) {
    console.warn('The engine’s state is not known', error)
  }
}

/** @param {import('../lib/labels.js').Label} label */
function swatch(label) {
  const dot = make('span', 'dot')
  tint(dot, label)
  return make('li', '', dot, label.name)
}

/** Firefox for Android has neither menus nor shortcuts. */
function hideWhatIsMissing() {
  const missing = [
    ...(chrome.contextMenus ? [] : ['menu-selection', 'menu-page']),
    ...(chrome.commands ? [] : ['shortcut']),
  ]
  for (const id of missing) element(id).closest('.row')?.toggleAttribute('hidden', true)
}

async function showShortcut() {
  if (!chrome.commands) return
  const keys = await shortcutOf('classify-selection')
  element('shortcut').textContent = keys || t('shortcut_none')
  // Firefox has a function for this from version 137 on; its page of shortcuts cannot be opened by
  // address.
  /** @type {typeof chrome.commands & {openShortcutSettings?: () => Promise<void>}} */
  const commands = chrome.commands
  const firefox = location.protocol === 'moz-extension:'
  if (firefox && !commands.openShortcutSettings) {
    element('shortcut-change').hidden = true
    element('shortcut-help').hidden = false
  }
  element('shortcut-change').addEventListener('click', () => {
    if (firefox) void commands.openShortcutSettings?.()
    else void chrome.tabs.create({url: 'chrome://extensions/shortcuts'})
  })
  addEventListener('focus', async () => {
    element('shortcut').textContent = (await shortcutOf('classify-selection')) || t('shortcut_none')
  })
}
