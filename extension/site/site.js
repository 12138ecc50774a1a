// The web app: a text of the reader's own, its scores as it is typed, and its sentences.

import './platform.js'
import './host.js'
import {asFailure} from '../shared/failures.js'
import {elementOf} from '../ui/about/model-card.js'
import {classify} from '../ui/lib/engine-client.js'
import {byId} from '../ui/lib/dom.js'
import {bytesInWords, t, translate} from '../ui/lib/i18n.js'
import {readLabels} from '../ui/lib/labels.js'
import {createLiveInput} from '../ui/lib/live-input.js'
import {readModel} from '../ui/lib/model.js'
import {applyTheme} from '../ui/lib/theme.js'
import {createTable} from '../ui/side-panel/table.js'
import {createShare, textOfLink} from './share.js'

const ANY_TEXT = '.' // makes the model come and warm up; nobody sees its answer

const download = byId('download')
const words = byId('download-words')
const bySentence = byId('by-sentence')
const card = byId('card')
const progress = byId('progress', 'progress')
const field = byId('text', 'textarea')

let reading = new AbortController()

void applyTheme()
translate(document)
field.value = textOfLink(location.hash) || field.value
const share = createShare(field)
bringModel()
const table = createTable(byId('sentences', 'table'), await readLabels(), () => {})
createLiveInput({keepSamples: true, onAnswer: (answer) => void showSentences(answer?.text ?? '')})
byId('retry').addEventListener('click', bringModel)
byId('about').addEventListener('toggle', showCard, {once: true})
addEventListener('hashchange', () => {
  const text = textOfLink(location.hash)
  if (!text || text === field.value) return
  field.value = text
  field.dispatchEvent(new Event('input'))
})
void describeModel()
void workOffline()

/** Fetch the model, with its progress, before there is a text. */
async function bringModel() {
  download.hidden = false
  document.body.dataset.model = 'loading'
  try {
    await classify(ANY_TEXT, {
      priority: 'page',
      onProgress: ({phase, done, total}) => {
        if (phase !== 'classifying') showProgress(phase, done, total)
      },
    })
    document.body.dataset.model = 'ready'
    download.hidden = true
  } catch (error) {
    const {code, message} = asFailure(error, 'run_failed')
    console.error(`${code}: ${message}`)
    document.body.dataset.model = 'failed'
    download.hidden = true
    if (field.value.trim()) return // whose answer failed likewise, and says so
    byId('message').textContent = t(`failure_${code}`)
    byId('failure').hidden = false
  }
}

/**
 * @param {'downloading' | 'loading'} phase
 * @param {number} done  Bytes.
 * @param {number} total
 */
function showProgress(phase, done, total) {
  if (!total || done === total) {
    progress.removeAttribute('value') // it is being prepared, which takes nobody knows how long
    words.textContent = t('phase_loading')
    return
  }
  progress.max = total
  progress.value = done
  words.textContent = bytesInWords(phase, done, total)
}

/** @param {string} text */
async function showSentences(text) {
  reading.abort()
  reading = new AbortController()
  const {signal} = reading
  share.offer(text)
  if (!text) {
    bySentence.hidden = true
    return
  }
  try {
    const {segments} = await classify(text, {detail: 'segments', priority: 'page', signal})
    if (signal.aborted) return
    table.show(
      segments.map(({start, end, prediction}, index) => ({
        number: index + 1,
        text: text.slice(start, end),
        prediction,
      })),
      false,
    )
    bySentence.hidden = segments.length < 2
  } catch (error) {
    if (!signal.aborted) console.error('The sentences could not be read', error)
  }
}

async function describeModel() {
  const {name, version, licence} = await readModel()
  byId('model').textContent = `${name} ${version} · ${licence.name}`
}

async function showCard() {
  const response = await fetch(new URL('../model/card.json', import.meta.url))
  card.replaceChildren(...(await response.json()).map(elementOf))
}

/** What the next visit needs is kept by a service worker. */
async function workOffline() {
  try {
    await navigator.serviceWorker.register(new URL('sw.js', document.baseURI))
    await navigator.serviceWorker.ready
    byId('offline').hidden = false
  } catch (error) {
    console.warn('This page will not work offline', error)
  }
}
