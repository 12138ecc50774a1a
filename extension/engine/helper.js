// The first worker's end of the second one.

/**
 * @typedef {import('./help.js').Helper} Helper
 * @typedef {import('./helper-worker.js').HelperAnswer} HelperAnswer
 */

/** @param {Promise<WebAssembly.Module>} compiled  ONNX Runtime's wasm. @returns {Helper} */
export function createHelper(compiled) {
  /** @type {Map<number, {resolve: (scored: {scores: number[], ms: number}) => void, reject: (error: Error) => void}>} */ const open = new Map()
  let asked = 0
  const worker = new Worker(new URL('./helper-worker.js', import.meta.url), {type: 'module', name: 'helper'})
  /** @type {() => void} */ let begin
  /** @type {(error: Error) => void} */ let refuse
  const ready = new Promise((/** @type {(nothing: void) => void} */ resolve, reject) => { [begin, refuse] = [resolve, reject] })

  compiled.then((module) => worker.postMessage({module})).catch((error) => end(String(error)))
  worker.onmessage = (/** @type {MessageEvent<HelperAnswer>} */ {data}) => {
    if ('ready' in data) return begin()
    if ('broken' in data) return end(data.broken)
    const request = open.get(data.number)
    open.delete(data.number)
    if ('failure' in data) request?.reject(new Error(data.failure))
    else request?.resolve(data)
  }
  worker.onerror = (event) => {
    event.preventDefault() // else it would count as an error of the first worker, which the host would end
    end(event.message || 'It could not be started')
  }

  /** @param {string} reason */
  function end(reason) {
    worker.terminate()
    refuse(new Error(reason))
    for (const {reject} of open.values()) reject(new Error(reason))
    open.clear()
  }

  return {
    ready,
    score: (window) => new Promise((resolve, reject) => {
      const number = asked++
      open.set(number, {resolve, reject})
      worker.postMessage({number, window})
    }),
    end: () => end('It was ended'),
  }
}
