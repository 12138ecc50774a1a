// The side panel: the result that a card or a page's panel handed over, in full; and the view of
// the page beside it, where the browser lets us read that. It forgets all of it when it is closed.

import {SIDE_PANEL_KEY} from '../../shared/page-view.js'
import {onSettingsChanged, readSettings} from '../../platform/settings-store.js'
import {drawResult} from '../lib/chart.js'
import {byId} from '../lib/dom.js'
import {readLabels} from '../lib/labels.js'
import {buildControls} from '../lib/page-view/controls.js'
import {linkToTab} from '../lib/page-view/links.js'
import {startJob, tintsOf} from '../lib/page-view/start.js'
import {applyTheme} from '../lib/theme.js'
import {language, number, translate, t} from '../lib/i18n.js'
import {toCsv, toJson} from './sentences.js'
import {createTable} from './table.js'

/**
 * @typedef {import('../../shared/page-view.js').SidePanelPayload} SidePanelPayload
 * @typedef {import('./sentences.js').Row} Row
 * @typedef {ReturnType<typeof startJob>} Job
 */

const DRAW_INTERVAL_MS = 100 // a long list takes time to draw, and nobody reads it sooner
// No event tells that the user has called the extension in the tab beside the panel.
const POLL_INTERVAL_MS = 2000

const ungranted = byId('ungranted')
const granted = byId('granted')
const view = byId('view')
const remove = byId('remove')
const empty = byId('empty')
const full = byId('full')
const title = byId('result-title')
const when = byId('when')
const chart = byId('chart')
const filter = byId('filter', 'select')
const said = byId('said')
// A tab in place of the panel: it says which tab and window it belongs to.
const place = new URLSearchParams(location.hash.slice(1))

/** @type {Map<number, Job>} */ const jobs = new Map() // by tab
/** @type {number | null} */ let tabId = Number(place.get('tab')) || null
/** @type {SidePanelPayload | null} */ let payload = null
/** @type {Row[]} */ let rows = []

void applyTheme()
translate(document)
const labels = await readLabels()
const update = buildControls(view, labels, {job: () => job(), again: start})
const table = createTable(byId('sentences', 'table'), labels, ({number}) => job()?.goTo(number - 1))
filter.append(
  new Option(t('side_all'), ''),
  ...[...labels.values()].map(({id, name, emoji}) => new Option(`${emoji} ${name}`.trim(), id)),
  new Option(t('no_clear_label'), 'none'),
)

filter.addEventListener('change', () => table.filter(filter.value))
on('start', start)
on('csv', () => save('csv', 'text/csv', toCsv(table.rows(), [...labels.keys()])))
on('json', async () => {
  const {name, version} = await (await fetch('../../model/model.json')).json()
  save(
    'json',
    'application/json',
    toJson(table.rows(), {source: source(), at: at(), model: {name, version}}),
  )
})
remove.addEventListener('click', () => {
  job()?.remove()
  if (tabId !== null) jobs.delete(tabId)
  void look()
})
onSettingsChanged((changed) => {
  for (const one of jobs.values()) one.tint(tintsOf(labels, changed))
})

// Windows are numbered from 0 on, and Firefox for Android has none.
const windowId = place.has('window')
  ? Number(place.get('window'))
  : (await chrome.windows?.getCurrent())?.id
chrome.storage.session.onChanged.addListener(claimPayload)
void claimPayload()
if (!place.has('tab')) {
  chrome.tabs.onActivated.addListener(look)
  chrome.tabs.onUpdated.addListener((_, {status}) => {
    if (status) void look()
  })
}
addEventListener('focus', look)
setInterval(() => {
  if (document.visibilityState === 'visible') void look()
}, POLL_INTERVAL_MS)
void look()

function job() {
  return (tabId !== null && jobs.get(tabId)) || null
}

/** Find out which tab is beside the panel, and whether it may be read. */
async function look() {
  if (!place.has('tab')) {
    const beside = windowId === undefined ? {currentWindow: true} : {windowId}
    tabId = (await chrome.tabs.query({active: true, ...beside}))[0]?.id ?? null
  }
  const known = job()
  const readable = known !== null || (tabId !== null && (await mayRead(tabId)))
  if (known !== job()) return // the user has changed to another tab since
  ungranted.hidden = readable
  granted.hidden = !readable || known !== null
  view.hidden = remove.hidden = known === null
  if (known) draw(known)
  else drawResultOf()
}

/** @param {number} id */
async function mayRead(id) {
  try {
    await chrome.scripting.executeScript({target: {tabId: id}, func: () => true})
    return true
  } catch {
    return false // the browser wants a menu, shortcut or toolbar click in that tab first
  }
}

async function start() {
  if (tabId === null) return
  const id = tabId
  job()?.remove()
  jobs.delete(id)
  try {
    const link = await linkToTab(id)
    let due = false
    jobs.set(
      id,
      startJob({
        link,
        labels,
        settings: await readSettings(),
        changed() {
          if (due) return
          due = true
          setTimeout(() => {
            due = false
            const known = job()
            if (known && known === jobs.get(id)) draw(known)
          }, DRAW_INTERVAL_MS)
        },
      }),
    )
  } catch (error) {
    console.warn('The page cannot be read', error)
  }
  await look()
}

/** @param {Job} known */
function draw(known) {
  update(known.state)
  remove.hidden = known.state.phase === 'gone'
  if (known.state.phase === 'gone' && tabId !== null) {
    jobs.delete(tabId)
    granted.hidden = false // the next look finds out
  }
  drawResultOf()
}

function source() {
  return job()?.state.sentences.length ? 'page' : (payload?.source ?? 'selection')
}

function at() {
  return payload?.at ?? new Date().toISOString()
}

let drawn = ''

/** The sentences of the page's view if there is one, else what was handed over. */
function drawResultOf() {
  const own = job()
  const sentences = own?.state.sentences.length ? own.state.sentences : (payload?.sentences ?? [])
  const key = `${own ? tabId : 'payload'} ${sentences.length} ${payload?.at}`
  if (key === drawn) return
  drawn = key
  rows = sentences.map(({text, prediction}, index) => ({number: index + 1, text, prediction}))
  empty.hidden = rows.length > 0
  full.hidden = rows.length === 0
  document.body.dataset.state = rows.length ? 'result' : 'empty'
  title.textContent = t(
    source() === 'page' ? 'side_from_page' : 'side_from_selection',
    number(rows.length),
  )
  when.textContent = new Intl.DateTimeFormat(language, {timeStyle: 'short'}).format(new Date(at()))
  chart.hidden = !(source() === 'selection' && payload?.result)
  if (payload?.result && !chart.hidden) drawResult(chart, payload.result, labels)
  const isPart = !own?.state.sentences.length && payload?.isPart
  byId('more').textContent = isPart ? t('first_sentences', number(rows.length)) : ''
  table.show(rows, Boolean(own))
}

/** Take what was handed over to the panel of this window. */
async function claimPayload() {
  const key = SIDE_PANEL_KEY + windowId
  const {[key]: found} = await chrome.storage.session.get(key)
  if (!found) return
  await chrome.storage.session.remove(key)
  payload = /** @type {SidePanelPayload} */ (found)
  said.textContent = t('side_taken')
  drawResultOf()
}

/** @param {string} ending @param {string} type @param {string} text */
function save(ending, type, text) {
  const address = URL.createObjectURL(new Blob([text], {type: `${type};charset=utf-8`}))
  const name = t('name')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
  const link = Object.assign(document.createElement('a'), {
    href: address,
    download: `${name}-${at().slice(0, 10)}.${ending}`,
  })
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000) // the browser may still be reading it
}

/** @param {string} id @param {() => void} act */
function on(id, act) {
  byId(id).addEventListener('click', act)
}
