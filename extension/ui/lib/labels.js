// How the model's labels look and are called, from model.json.

import {once} from '../../shared/once.js'
import {readModel} from './model.js'
import {COLOUR_BLIND} from './palette.js'
import {localized, number, percent} from './i18n.js'

/**
 * @typedef {import('./palette.js').Colour} Colour
 * @typedef {{low: number, high: number}} Scale
 * @typedef {{id: string, name: Record<string, string>, emoji?: string, colour?: Colour, sample?:
 *   string}} LabelSpec
 * @typedef {{id: string, name: string, emoji: string, colour: Colour, safeColour: Colour, sample:
 *   string, scale?: Scale | undefined}} Label
 *   `safeColour`: of the colour-blind-safe palette. `sample`: a text that fits it, in the model's
 *   language; empty where there is none.
 */

/** @type {Colour} */ const GREY = {light: '#5f6368', dark: '#9aa0a6'}

/** Labels by id, in the order of the model. @type {() => Promise<Map<string, Label>>} */
export const readLabels = once(async () => {
  const model = await readModel()
  return new Map(
    model.labels.map(({id, name, emoji = '', colour = GREY, sample = ''}, place) => [
      id,
      {
        id,
        name: localized(name, id),
        emoji,
        colour,
        safeColour: COLOUR_BLIND[place % COLOUR_BLIND.length] ?? GREY,
        sample,
        scale: model.scale,
      },
    ]),
  )
})

/**
 * A score as people read it: a percentage, or the value of a regression.
 * @param {number} score @param {Label | undefined} label
 */
export function scoreInWords(score, label) {
  if (!label?.scale) return percent(score)
  const {low, high} = label.scale
  const maximumFractionDigits = high - low >= 100 ? 0 : high - low >= 10 ? 1 : 2
  return number(low + score * (high - low), {maximumFractionDigits})
}

/**
 * Give an element `--label`, the label's colour: base.css picks it by the theme and palette of
 * the moment, so both can change
 * while the element is shown. Without a label it is grey.
 * @param {HTMLElement} element @param {Label | undefined} label
 */
export function tint(element, label) {
  const {colour, safeColour} = label ?? {colour: GREY, safeColour: GREY}
  element.classList.add('tinted')
  for (const theme of /** @type {const} */ (['light', 'dark'])) {
    element.style.setProperty(`--${theme}`, colour[theme])
    element.style.setProperty(`--safe-${theme}`, safeColour[theme])
  }
}

/**
 * The one colour for a ground that is not a UI page: the page view paints on the page's.
 * @param {Label | undefined} label
 * @param {'light' | 'dark'} theme
 * @param {import('../../shared/settings.js').Settings['palette']} palette
 */
export function colourOf(label, theme, palette) {
  return (label ? (palette === 'colour_blind' ? label.safeColour : label.colour) : GREY)[theme]
}
