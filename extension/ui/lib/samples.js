// Example texts of the model, to try.

import {make} from './dom.js'
import {readLabels, tint} from './labels.js'

/**
 * A button for each label that has an example: by the label's name in the user's language, with the
 * text in the model's.
 * @param {HTMLElement} place  With a list in it.
 * @param {(sample: string) => void} onChosen
 */
export async function offerSamples(place, onChosen) {
  const list = place.querySelector('ul')
  for (const label of (await readLabels()).values()) {
    if (!label.sample) continue
    const dot = make('span', 'dot')
    tint(dot, label)
    const button = make('button', 'chip', dot, label.name)
    Object.assign(button, {type: 'button', title: label.sample})
    button.addEventListener('click', () => onChosen(label.sample))
    list?.append(make('li', '', button))
  }
}
