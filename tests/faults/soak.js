// A page of the extension, in a copy of it, that classifies what the test asks it to:
// `data-ask` on the body is a list of texts, `data-answer` what became of each.
/* global document, MutationObserver */
import {classify} from '../../extension/ui/lib/engine-client.js'

/**
 * @param {{text: string, winner: string}} one
 * @returns {Promise<{ms: number, error: string | null}>}
 */
async function attempt({text, winner}) {
  const from = performance.now()
  try {
    const {prediction} = await classify(text, {detail: 'segments'})
    const error = prediction.label === winner ? null : `“${prediction.label}” for “${text}”`
    return {ms: performance.now() - from, error}
  } catch (error) {
    return {ms: performance.now() - from, error: String(error)}
  }
}

new MutationObserver(async () => {
  const {dataset} = document.body
  const asked = dataset.ask
  if (!asked) return
  delete dataset.ask
  const found = []
  for (const one of JSON.parse(asked)) {
    found.push(await attempt(one))
    dataset.done = String(found.length)
  }
  dataset.answer = JSON.stringify(found)
}).observe(document.body, {attributes: true, attributeFilter: ['data-ask']})
document.body.dataset.state = 'ready'
