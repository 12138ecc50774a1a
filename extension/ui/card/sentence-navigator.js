// The strip of a text's sentences: each in its colour, walked through with the arrow keys.

import {inWords} from '../lib/chart.js'
import {tint} from '../lib/labels.js'
import {t} from '../lib/i18n.js'

/**
 * @typedef {import('../lib/labels.js').Label} Label
 * @typedef {import('../../shared/messages.js').Segment} Segment
 */

/**
 * Of more sentences than this the strip has several lines, and all are of one size; else each is as
 * long as its text.
 */
const ONE_LINE = 10

/** Every one is an element, so that of a book's sentences the page would drown. */
export const SHOWN_AT_MOST = 5000
/** While more are being found, the names of so many say each time how many there are. */
const RENAMED_AT_ONCE = 100

/**
 * @param {HTMLElement} element  A listbox.
 * @param {object} parts
 * @param {string} parts.text  That the segments' places mean.
 * @param {Map<string, Label>} parts.labels
 * @param {(segment: Segment, label: Label | undefined, position: string) => void} parts.onChoose
 *   The user has come to
 *   a sentence; `position` like “2 of 5”.
 */
export function createSentenceNavigator(element, {text, labels, onChoose}) {
  /** @type {Segment[]} */ const segments = []
  /** @type {HTMLElement[]} */ const options = []
  let total = 0
  let named = 0 // the total that all names tell
  let at = -1

  element.addEventListener('keydown', (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const isRightToLeft = getComputedStyle(element).direction === 'rtl'
    const next = targetOf(event.key, at, options.length - 1, isRightToLeft)
    if (next === undefined) return
    event.preventDefault()
    choose(next)
    options[at]?.focus()
  })
  element.addEventListener('focusin', (event) => {
    const index = options.indexOf(/** @type {HTMLElement} */ (event.target))
    if (index >= 0) choose(index)
  })
  element.addEventListener('click', (event) => {
    const index = options.indexOf(
      /** @type {HTMLElement} */ (/** @type {Element} */ (event.target).closest('[role=option]')),
    )
    options[index]?.focus()
  })

  /** @param {number} index */
  function choose(index) {
    const segment = segments[index]
    if (index === at || !segment) return
    setSelected(options[Math.max(at, 0)], false)
    at = index
    setSelected(options[at], true)
    onChoose(segment, labels.get(segment.prediction.label ?? ''), position(at))
  }

  /** @param {Segment} segment @param {number} index */
  function name({start, end, prediction}, index) {
    const option = options[index]
    if (option)
      option.ariaLabel = `${position(index)}: ${inWords(prediction, labels)}. ${text.slice(start, end)}`
  }

  /** @param {number} index */
  function position(index) {
    return t('card_position', String(index + 1), String(total))
  }

  return {
    /**
     * Segments from index `from` on; those after the first SHOWN_AT_MOST are not shown.
     * @param {number} from
     * @param {Segment[]} told
     * @param {number} all  How many there will be.
     */
    add(from, told, all) {
      const added = told.slice(0, Math.max(0, SHOWN_AT_MOST - from))
      added.forEach((segment, index) => {
        segments[from + index] = segment
        const option = options[from + index] ?? addOption(element, options)
        drawOption(option, segment, labels.get(segment.prediction.label ?? ''))
      })
      total = all
      const isEnd = told.length === all
      const changed = all !== named && (isEnd || segments.length <= RENAMED_AT_ONCE)
      if (changed) named = all // then all names change
      const first = changed ? 0 : from
      const last = changed ? segments.length : from + added.length
      segments.slice(first, last).forEach((segment, index) => name(segment, first + index))
      element.classList.toggle('lines', total > ONE_LINE)
      element.hidden = total < 2
    },
  }
}

/**
 * The sentence that a key leads to; undefined for other keys.
 * @param {string} key
 * @param {number} at  The sentence that is shown; -1 if none is.
 * @param {number} last
 * @param {boolean} isRightToLeft
 */
function targetOf(key, at, last, isRightToLeft) {
  const next = Math.min(at + 1, last)
  const previous = Math.max(at, 1) - 1
  const [left, right] = isRightToLeft ? [next, previous] : [previous, next]
  return new Map([
    ['ArrowLeft', left],
    ['ArrowRight', right],
    ['ArrowDown', next],
    ['ArrowUp', previous],
    ['Home', 0],
    ['End', last],
  ]).get(key)
}

/** @param {HTMLElement} listbox @param {HTMLElement[]} options */
function addOption(listbox, options) {
  const option = document.createElement('div')
  option.setAttribute('role', 'option')
  option.ariaSelected = 'false'
  option.tabIndex = options.length === 0 ? 0 : -1
  options.push(option)
  listbox.append(option)
  return option
}

/** @param {HTMLElement} option @param {Segment} segment @param {Label | undefined} label */
function drawOption(option, {start, end, prediction}, label) {
  option.classList.toggle('none', !label)
  option.dataset.answer = prediction.label ?? ''
  option.textContent = label?.emoji || '·'
  option.style.flexGrow = String(end - start)
  tint(option, label)
}

/** @param {HTMLElement | undefined} option @param {boolean} chosen */
function setSelected(option, chosen) {
  if (!option) return
  option.ariaSelected = String(chosen)
  option.tabIndex = chosen ? 0 : -1
}
