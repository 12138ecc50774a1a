// What model.json says of the model.

/**
 * @typedef {object} Model
 * @property {string} name
 * @property {string} version
 * @property {{name: string, restricts_use: boolean, reason?: string}} licence
 * @property {import('./labels.js').LabelSpec[]} labels
 * @property {'softmax' | 'softmax_with_none' | 'sigmoid'} activation
 * @property {number} min_score
 * @property {string | {scheme: string}} [quantization]
 */

/** @type {Promise<Model> | undefined} */ let model

/** @returns {Promise<Model>} */
export function readModel() {
  model ??= fetch(new URL('../model/model.json', import.meta.url)).then((response) => response.json()).catch((error) => {
    model = undefined // it may be asked for again
    throw error
  })
  return model
}
