// The colour-blind-safe palette, seen with the eyes that it is for.
import assert from 'node:assert/strict'
import {readFileSync} from 'node:fs'
import {test} from 'node:test'
import {nth} from '../support/nth.js'
import {COLOUR_BLIND} from '../../../extension/ui/lib/palette.js'

/** @typedef {[number, number, number]} Triple */

// Machado, Oliveira and Fernandes (2009), severity 1, for linear RGB.
/** @type {Record<string, Triple[]>} */
const VISION = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}
const FIRST = 6
const MINIMUM_DIFFERENCE = 0.11
const MINIMUM_CONTRAST = 3 // WCAG 2.2, 1.4.11

for (const theme of /** @type {const} */ (['light', 'dark'])) {
  test(`each colour for ${theme} grounds stands out from them`, () => {
    const grounds = ['ground', 'raised', 'sunken'].map((name) => surfaceColour(theme, name))
    for (const colour of COLOUR_BLIND)
      for (const ground of grounds)
        assert.ok(contrast(colour[theme], ground) >= MINIMUM_CONTRAST, colour[theme])
  })

  for (const [vision, matrix] of Object.entries(VISION)) {
    test(`the first six colours for ${theme} grounds differ for ${vision} vision`, () => {
      const seen = COLOUR_BLIND.slice(0, FIRST).map((colour) =>
        oklab(times(matrix, linear(colour[theme]))),
      )
      seen.forEach((one, index) =>
        seen.slice(index + 1).forEach((other) => {
          assert.ok(
            Math.hypot(...one.map((value, axis) => value - nth(other, axis))) >= MINIMUM_DIFFERENCE,
          )
        }),
      )
    })
  }
}

for (const theme of /** @type {const} */ (['light', 'dark'])) {
  test(`the waiting card is drawn in the ${theme} colours of the card itself`, () => {
    const shell = readFileSync(
      new URL('../../../extension/content/card-host/card-frame.js', import.meta.url),
      'utf8',
    )
    const [, looks] = new RegExp(`${theme}: {(ground: [^}]*)}`).exec(shell) ?? []
    assert.equal(
      looks,
      ['ground', 'line', 'accent']
        .map((name) => `${name}: '${surfaceColour(theme, name)}'`)
        .join(', '),
    )
  })
}

/** The value of a variable in base.css. @param {'light' | 'dark'} theme @param {string} name */
function surfaceColour(theme, name) {
  const css = readFileSync(new URL('../../../extension/ui/lib/base.css', import.meta.url), 'utf8')
  const block = css.slice(css.indexOf(`[data-theme='${theme}'] {`))
  return nth(new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(block) ?? [], 1)
}

/** @param {string} hex @returns {Triple} */
function linear(hex) {
  const channel = (/** @type {number} */ at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [channel(1), channel(3), channel(5)]
}

/** @param {string} one @param {string} other */
function contrast(one, other) {
  const luminances = [one, other].map((hex) => {
    const [red, green, blue] = linear(hex)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  })
  return (Math.max(...luminances) + 0.05) / (Math.min(...luminances) + 0.05)
}

/** @param {Triple[]} matrix @param {Triple} vector @returns {Triple} */
function times(matrix, vector) {
  return /** @type {Triple} */ (
    matrix.map((row) => row.reduce((sum, value, index) => sum + value * nth(vector, index), 0))
  )
}

/** Björn Ottosson's OKLab. @param {Triple} rgb @returns {Triple} */
function oklab(rgb) {
  const lms = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    /** @type {Triple} */ (rgb.map((value) => Math.min(1, Math.max(0, value)))),
  )
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    /** @type {Triple} */ (lms.map(Math.cbrt)),
  )
}
