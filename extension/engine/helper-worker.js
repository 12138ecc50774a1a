// The engine's second worker: scores the windows that the first one hands over, on another core.

import {startPackaged} from './packaged.js'

/**
 * ONNX Runtime's compiled wasm once, then what to score.
 * `ready` or `broken` once, then an answer to each request.
 * @typedef {{module: WebAssembly.Module} | {number: number, window: import('./windows.js').Window}} HelperRequest
 * @typedef {{number: number, scores: number[], ms: number} | {number: number, failure: string}} HelperScores
 * @typedef {{ready: true} | {broken: string} | HelperScores} HelperAnswer
 */

/** @type {(module: WebAssembly.Module) => void} */ let arrive
const compiled = new Promise((/** @type {(module: WebAssembly.Module) => void} */ resolve) => { arrive = resolve })
const engine = startPackaged({threads: 1, compiled, onProgress() {}, isAwaited: () => true})
engine.then(() => tell({ready: true}), (error) => tell({broken: message(error)}))

self.addEventListener('message', async (/** @type {MessageEvent<HelperRequest>} */ {data}) => {
  if ('module' in data) return arrive(data.module)
  const {number, window} = data
  try {
    const {classifier} = await engine
    const begin = performance.now()
    tell({number, scores: await classifier.score(window), ms: performance.now() - begin})
  } catch (error) {
    tell({number, failure: message(error)})
  }
})

/** @param {HelperAnswer} answer */
function tell(answer) {
  self.postMessage(answer)
}

/** @param {unknown} error */
function message(error) {
  return error instanceof Error ? error.message : String(error)
}
