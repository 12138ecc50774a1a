// Shows which words carried an answer: each word in the label's colour, the stronger the more the
// answer depends on it.

import {classify} from './engine-client.js'
import {make} from './dom.js'
import {t} from './i18n.js'
import {tint} from './labels.js'
import {scoreFor} from './prediction.js'
import {partsOf, weigh, withoutEach} from './word-weights.js'

/**
 * @typedef {import('./labels.js').Label} Label
 * @typedef {import('./word-weights.js').Weighted} Weighted
 */

const MARKED_FROM = 0.15 // of the strongest word: weaker ones stay plain
const NAMED = 3 // words that are read out

/**
 * @param {string} text
 * @param {string} label  The id of the label whose score is explained.
 * @param {{language?: string | undefined, signal?: AbortSignal | undefined}} [options]
 * @returns {Promise<Weighted[]>} The parts of the text in order.
 * @throws {import('../../shared/failures.js').Failure} as `classify` does.
 */
export async function explain(text, label, {language, signal} = {}) {
  const parts = partsOf(text, language)
  if (!parts.length) return []
  const {segments} = await classify([text, ...withoutEach(text, parts)], {
    detail: 'overall',
    priority: 'page', // requests for answers go first
    ...(signal ? {signal} : {}),
  })
  const [whole = 0, ...others] = segments.map(({prediction}) => scoreFor(prediction, label))
  return weigh(parts, whole, others)
}

/**
 * What an explanation is of: why a text has a label. `language`: BCP 47, of the text.
 * @typedef {{text: string, label: string, language?: string | null}} Explained
 */

/**
 * Let a button open and close an explanation.
 * @param {HTMLElement} button
 * @param {HTMLElement} place  Is filled while an explanation is shown, and hidden otherwise.
 * @param {() => Promise<Map<string, Label>> | Map<string, Label>} readLabels
 * @param {() => Explained | undefined} explained  Asked when the button is pressed.
 * @returns {() => void} Closes it.
 */
export function createExplanation(button, place, readLabels, explained) {
  let stopping = new AbortController()
  button.ariaExpanded = 'false'
  button.addEventListener('click', () => {
    if (button.ariaExpanded === 'true') {
      close()
      return
    }
    const what = explained()
    if (!what) return
    button.ariaExpanded = 'true'
    void show(what)
  })

  /** Hide what is shown, and stop what is being worked out. */
  function close() {
    button.ariaExpanded = 'false'
    stopping.abort()
    place.hidden = true
    place.replaceChildren()
  }

  /** @param {Explained} explained */
  async function show({text, label, language}) {
    stopping = new AbortController()
    const {signal} = stopping
    place.hidden = false
    say(t('why_waiting'))
    try {
      const weighted = await explain(text, label, {
        language: language ?? undefined,
        signal,
      })
      if (signal.aborted) return
      tint(place, (await readLabels()).get(label))
      place.replaceChildren(markedText(text, weighted, language), summaryOf(text, weighted))
      place.dataset.explained = label
    } catch (error) {
      if (signal.aborted) return
      console.error('The explanation failed', error)
      say(t('why_failed'))
    }
  }

  /** @param {string} sentence */
  function say(sentence) {
    delete place.dataset.explained
    const line = document.createElement('p')
    line.className = 'faint'
    line.setAttribute('role', 'status')
    line.textContent = sentence
    place.replaceChildren(line)
  }

  return close
}

/**
 * The text with its words in colour.
 * @param {string} text
 * @param {Weighted[]} weighted
 * @param {string | null | undefined} language
 */
function markedText(text, weighted, language) {
  const shown = make('p', 'weighted')
  shown.dir = 'auto'
  if (language) shown.lang = language
  let at = 0
  for (const {start, end, weight} of weighted) {
    shown.append(text.slice(at, start), part(text.slice(start, end), weight))
    at = end
  }
  shown.append(text.slice(at))
  return shown
}

/** Its strongest words as a sentence. @param {string} text @param {Weighted[]} weighted */
function summaryOf(text, weighted) {
  const strongest = weighted
    .filter(({weight}) => weight >= MARKED_FROM)
    .sort((one, other) => other.weight - one.weight)
    .slice(0, NAMED)
    .map(({start, end}) => text.slice(start, end))
  const summary = make('p', 'faint small')
  summary.setAttribute('role', 'status')
  summary.textContent = strongest.length ? t('why_words', strongest.join(', ')) : t('why_no_word')
  return summary
}

/** @param {string} text @param {number} weight */
function part(text, weight) {
  if (weight < MARKED_FROM) return document.createTextNode(text)
  const mark = document.createElement('mark')
  mark.style.setProperty('--weight', `${Math.round(weight * 100)}%`)
  mark.dataset.weight = weight.toFixed(2)
  mark.textContent = text
  return mark
}
