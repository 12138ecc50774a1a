// How the model's labels look and are called, from model.json.

import {localized} from './words.js'

/** @typedef {{id: string, name: Record<string, string>, emoji?: string, colour?: {light: string, dark: string}}} LabelSpec */
/** @typedef {{id: string, name: string, emoji: string, colour: {light: string, dark: string}}} Label */

const GREY = {light: '#5f6368', dark: '#9aa0a6'}

/** @type {Promise<Map<string, Label>> | undefined} */ let labels

/** Labels by id, in the order of the model. */
export function readLabels() {
  labels ??= fetchLabels()
  return labels
}

/** @returns {Promise<Map<string, Label>>} */
async function fetchLabels() {
  const response = await fetch(new URL('../model/model.json', import.meta.url))
  const model = /** @type {{labels: LabelSpec[]}} */ (await response.json())
  return new Map(model.labels.map(({id, name, emoji = '', colour = GREY}) => [id, {id, name: localized(name, id), emoji, colour}]))
}
