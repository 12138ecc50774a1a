// Brings a classifier up: the runtime and the model's files at once, then a session of both, then its first run.

import {breathe} from './breathe.js'
import {readModel} from './model-store.js'
import {startRuntime} from './runtime.js'
import {createClassifier} from './session.js'
import {createTokenizer} from './tokenizer.js'

/**
 * When a phase of the start began and ended, in milliseconds since the worker was created. `spawn`: until the modules are loaded;
 * `runtime`: ONNX Runtime loaded and compiled; `read`: the model's files; `tokenizer`, `session`: made of them; `run`: the first, to warm up.
 * `runtime` overlaps `read` and `tokenizer`.
 * @typedef {{from: number, to: number}} Span
 * @typedef {Record<'spawn' | 'runtime' | 'read' | 'tokenizer' | 'session', Span> & {run?: Span}} Startup
 */

/**
 * @param {object} parts
 * @param {import('./session.js').OnnxRuntime} parts.ort
 * @param {URL} parts.model  The folder that holds model.json.
 * @param {Promise<number>} parts.threads
 * @param {Promise<WebAssembly.Module>} parts.compiled  ONNX Runtime's wasm.
 * @param {() => Promise<import('./tokenizer-huggingface.js').Library>} parts.loadLibrary  Called for a model that needs it.
 * @param {(done: number, total: number) => void} parts.onProgress  Bytes of the model.
 * @param {() => boolean} parts.isAwaited  Whether there is work already, which then is the first run.
 * @throws {Error} if a part of it fails. The runtime may be unusable in this worker then.
 */
export async function start({ort, model, threads, compiled, loadLibrary, onProgress, isAwaited}) {
  const startup = /** @type {Startup} */ ({spawn: {from: 0, to: performance.now()}})

  /** @template T @param {keyof Startup} phase @param {() => T | Promise<T>} work @returns {Promise<T>} */
  async function timed(phase, work) {
    const from = performance.now()
    const done = await work()
    startup[phase] = {from, to: performance.now()}
    return done
  }

  async function read() {
    const {spec, vocabulary, modelBytes} = await readModel(model, onProgress)
    const tokenizer = vocabulary.then((text) => timed('tokenizer', () => createTokenizer(spec.tokenizer, text, loadLibrary)))
    const [made, bytes] = await Promise.all([tokenizer, modelBytes])
    return {spec, tokenizer: made, modelBytes: bytes}
  }

  const runtime = threads.then((count) => timed('runtime', () => startRuntime(ort, count, compiled)))
  const [parts] = await Promise.all([timed('read', read), runtime])
  const classifier = await timed('session', () => createClassifier({ort, ...parts}))
  // The runtime has a copy, and a collector of garbage would leave ours for long.
  for (const bytes of Object.values(parts.modelBytes)) bytes?.buffer.transfer(0)
  await breathe()
  // Browsers compile much of the runtime's code when it is first called.
  if (!isAwaited()) await timed('run', () => classifier.classify(''))
  return {classifier, spec: parts.spec, threads: await threads, startup}
}
