// What model.json says of the model.

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

/** @type {() => Promise<Model>} */
export const readModel = once(async () =>
  (await fetch(new URL('../../model/model.json', import.meta.url))).json(),
)
