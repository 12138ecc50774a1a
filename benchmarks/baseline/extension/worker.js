// The baseline's engine: transformers.js with its default build in a worker, all of its files from
// this extension.

import {env, pipeline} from './transformers/transformers.min.js'

env.allowRemoteModels = false
env.allowLocalModels = true
env.localModelPath = new URL('models/', import.meta.url).href
env.useBrowserCache = false // it refuses the addresses of extensions
// else the runtime is imported from a blob, which the extension's policy forbids
env.useWasmCache = false
env.backends.onnx.wasm.wasmPaths = new URL('runtime/', import.meta.url).href

/**
 * Asks with `{threads}` once, then with `{texts, batch}`; answers with milliseconds: of the load,
 * or of each run from text to scores.
 * @type {((texts: string | string[] | undefined, options: object) => Promise<any>) | undefined}
 */
let classify

self.addEventListener('message', async ({data}) => {
  try {
    self.postMessage(data.texts ? await run(data) : await load(data))
  } catch (error) {
    self.postMessage({error: String(error)})
  }
})

/** @param {{threads: number | null}} options  Null leaves the number to the library. */
async function load({threads}) {
  const start = performance.now()
  if (threads !== null) env.backends.onnx.wasm.numThreads = threads
  classify = await pipeline('text-classification', 'model', {dtype: 'q8', device: 'wasm'})
  return {ms: performance.now() - start}
}

/**
 * @param {{texts: string[], batch: number}} options  Texts in one run; 1 gives each a run of its
 *   own.
 */
async function run({texts, batch}) {
  const loaded = classify
  if (!loaded) throw new Error('the model is not loaded')
  const ms = []
  const scores = []
  for (let from = 0; from < texts.length; from += batch) {
    const start = performance.now()
    const part = texts.slice(from, from + batch)
    const answer = await loaded(batch === 1 ? part[0] : part, {top_k: null})
    ms.push(performance.now() - start)
    scores.push(...(batch === 1 ? [answer] : answer))
  }
  return {ms, scores}
}
