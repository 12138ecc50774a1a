// What the extension is made of, and whether it works here.

import {asFailure} from '../../shared/failures.js'
import {call} from '../../platform/call.js'
import {status} from '../lib/engine-client.js'
import {byId, make} from '../lib/dom.js'
import {readLabels} from '../lib/labels.js'
import {readModel} from '../lib/model.js'
import {applyTheme} from '../lib/theme.js'
import {number, translate, t} from '../lib/i18n.js'
import {browserName} from './browser-name.js'
import {elementOf} from './model-card.js'
import {runSelfTest} from './self-test.js'

/** @typedef {import('./self-test.js').Check} Check */

const facts = byId('facts')
const restricted = byId('restricted')
const run = byId('run', 'button')
const outcome = byId('outcome')
const checks = byId('checks')
const card = byId('card')
const notices = byId('notices')

void applyTheme()
translate(document)
run.addEventListener('click', test)
await Promise.all(
  [showFacts(), showCard(), showNotices()].map((part) =>
    part.catch((error) => console.error('A part could not be read', error)),
  ),
)

async function showFacts() {
  // begins with the name and the version
  const notice = new URL('../../notices/onnxruntime-web.txt', import.meta.url)
  const [model, engine, runtime, {threads}] = await Promise.all([
    readModel(),
    status(),
    textOf(notice),
    call('engine_settings', {}),
  ])
  const cores = navigator.hardwareConcurrency
  const scheme =
    typeof model.quantization === 'string' ? model.quantization : model.quantization?.scheme
  const rows = {
    fact_extension: `${t('name')} ${chrome.runtime.getManifest().version}`,
    fact_model: [`${model.name} ${model.version}`, scheme].filter(Boolean).join(', '),
    fact_licence: model.licence.name,
    fact_runtime: runtime.split('\n', 1)[0] ?? '',
    fact_browser: browserName(navigator),
    fact_threads: t(
      'threads_of',
      number(
        engine.threads ?? (globalThis.crossOriginIsolated && threads !== 'auto' ? threads : 1),
      ),
      number(cores),
    ),
    fact_engine: t(`engine_${engine.engine}`),
  }
  for (const [key, value] of Object.entries(rows)) {
    const [term, description] = [document.createElement('dt'), document.createElement('dd')]
    term.textContent = t(key)
    // Isolated: names and versions run from left to right in any language.
    description.append(Object.assign(document.createElement('bdi'), {textContent: value}))
    facts.append(term, description)
  }
  restricted.hidden = !model.licence.restricts_use
  restricted.textContent = t('licence_restricts')
}

async function showCard() {
  const nodes = await (await fetch(new URL('../../model/card.json', import.meta.url))).json()
  card.replaceChildren(...nodes.map(elementOf))
}

/** The list of what ships, and below it every text that it names, to unfold. */
async function showNotices() {
  const folder = new URL('../../notices/', import.meta.url)
  const list = await textOf(new URL('README.txt', folder))
  notices.append(Object.assign(document.createElement('pre'), {textContent: list}))
  for (const name of new Set(list.match(/[\w.-]+\.txt\b/g))) {
    if (name === 'README.txt' || list.includes(`/${name}`)) continue // an address elsewhere
    const text = make('pre', '')
    const details = make('details', '', make('summary', '', name), text)
    details.addEventListener('toggle', async () => {
      text.textContent ||= await textOf(new URL(name, folder))
    })
    notices.append(details)
  }
}

async function test() {
  const panel = /** @type {HTMLElement} */ (run.closest('.panel'))
  delete panel.dataset.passed
  run.disabled = true
  checks.replaceChildren()
  try {
    const [done, labels] = await Promise.all([
      runSelfTest((count, total) => {
        outcome.textContent = t('test_running', number(count + 1), number(total))
      }),
      readLabels(),
    ])
    const failed = done.filter(({passed}) => !passed).length
    checks.append(...done.map((check) => lineOf(check, labels)))
    outcome.textContent = failed
      ? t('test_failed', number(failed), number(done.length))
      : t('test_passed', number(done.length))
    panel.dataset.passed = String(!failed)
  } catch (error) {
    const {code, message} = asFailure(error, 'run_failed')
    console.error(`${code}: ${message}`)
    outcome.textContent = t(`failure_${code}`)
    panel.dataset.passed = 'false'
  }
  run.disabled = false
}

/** @param {Check} check @param {Map<string, import('../lib/labels.js').Label>} labels */
function lineOf(check, labels) {
  const line = document.createElement('li')
  const words = document.createElement('span')
  line.dataset.passed = String(check.passed)
  /** @param {string | null} id */
  const nameOf = (id) => (id === null ? t('no_clear_label') : (labels.get(id)?.name ?? id))
  if (check.check !== 'sample') words.textContent = t(`check_${check.check}`)
  else if (check.passed) words.textContent = t('check_sample', check.text, nameOf(check.expected))
  else
    words.textContent = t(
      'check_sample_failed',
      check.text,
      nameOf(check.got),
      nameOf(check.expected),
    )
  line.append(words)
  return line
}

/** @param {URL} address */
async function textOf(address) {
  return (await fetch(address)).text()
}
