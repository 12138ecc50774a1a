// What model.json says of the model.

import {keptDescription} from '../../platform/kept-files.js'
import {readDelivery} from '../../platform/settings-store.js'
import {Failure} from '../../shared/failures.js'
import {once} from '../../shared/once.js'

/**
 * @typedef {object} Model
 * @property {string} name
 * @property {string} version
 * @property {{name: string, restricts_use: boolean, reason?: string}} licence
 * @property {import('./labels.js').LabelSpec[]} labels
 * @property {'softmax' | 'softmax_with_none' | 'sigmoid' | 'regression'} activation
 * @property {import('./labels.js').Scale} [scale]  Of a regression.
 * @property {number} min_score
 * @property {string | {scheme: string}} [quantization]
 */

/** A model that came later, signed by its author, has a model.json of its own. */
async function openDescription() {
  const kept = (await readDelivery())?.publicKey ? await keptDescription() : undefined
  return kept ?? fetch(new URL('../../model/model.json', import.meta.url))
}

/** @type {() => Promise<Model>} @throws {Failure} if the file is missing or damaged. */
export const readModel = once(async () => {
  try {
    const model = await (await openDescription()).json()
    if (!Array.isArray(model.labels)) throw new TypeError('it lists no labels')
    return model
  } catch (error) {
    // The files of an extension that was updated since are gone.
    throw new Failure(chrome.runtime?.id ? 'damaged' : 'no_answer', `model.json: ${error}`)
  }
})
