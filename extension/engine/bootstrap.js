// Brings a classifier up: runtime and tokenizer as soon as what they are made of is there, then a
// session of both, then its first run.

import {breathe} from './yield-to-event-loop.js'
import {startRuntime} from './wasm-trim/runtime.js'
import {createClassifier} from './session.js'
import {createTokenizer} from './tokenizer.js'
import {passSelfTest} from './integrity.js'

/**
 * When a phase of the start began and ended, in milliseconds since the worker was created. `spawn`:
 * until the modules are loaded; `fetch`:
 * the host reads ONNX Runtime's wasm; `runtime`: that is awaited, compiled and started; `read`: the
 * host reads the model's weights;
 * `tokenizer`, `session`: they are made; `run`: the self-test, which warms up; `check`: the host
 * waits until every file is compared with what was packed.
 * @typedef {import('./types.js').Span} Span
 * @typedef {Record<'spawn' | 'fetch' | 'runtime' | 'read' | 'tokenizer' | 'session' | 'run' |
 *   'check', Span>} Startup
 */

/**
 * @param {object} parts
 * @param {import('./session.js').OnnxRuntime} parts.ort
 * @param {Promise<number>} parts.threads
 * @param {Promise<import('./types.js').RuntimePart>} parts.runtime
 * @param {Promise<import('./types.js').ModelPart>} parts.model
 * @param {Promise<import('./types.js').WeightsPart>} parts.weights
 * @param {() => Promise<import('./tokenizer-huggingface.js').Library>} parts.loadLibrary  Called
 *   for a model that needs it.
 * @param {Promise<import('./types.js').CheckedPart>} parts.checked
 * @throws {Error} if a part of it fails. The runtime may be unusable in this worker then.
 */
export async function start({ort, threads, runtime, model, weights, checked, loadLibrary}) {
  const startup = /** @type {Startup} */ ({spawn: {from: 0, to: performance.now()}})

  /**
   * @template T
   * @param {keyof Startup} phase
   * @param {() => T | Promise<T>} work
   * @returns {Promise<T>}
   */
  async function timed(phase, work) {
    const from = performance.now()
    const done = await work()
    startup[phase] = {from, to: performance.now()}
    return done
  }

  async function begin() {
    const count = await threads
    await timed('runtime', () => startRuntime(ort, count, runtime.then(compile)))
    startup.fetch = sinceSpawn((await runtime).read)
  }

  async function prepare() {
    const {spec, vocabulary, selfTest} = await model
    return {
      spec,
      selfTest,
      tokenizer: await timed('tokenizer', () =>
        createTokenizer(spec.tokenizer, vocabulary, loadLibrary),
      ),
    }
  }

  const [{spec, selfTest, tokenizer}, {modelBytes, read}] = await Promise.all([
    prepare(),
    weights,
    begin(),
  ])
  startup.read = sinceSpawn(read)
  const classifier = await timed('session', () =>
    createClassifier({ort, spec, tokenizer, modelBytes}),
  )
  // The runtime has a copy, and a collector of garbage would leave ours for long.
  for (const bytes of Object.values(modelBytes)) bytes?.buffer.transfer(0)
  await breathe()
  // Browsers compile much of the runtime's code when it is first called.
  await timed('run', () => passSelfTest(classifier, selfTest))
  startup.check = sinceSpawn((await checked).check)
  return {classifier, spec, threads: await threads, startup}
}

/** @param {import('./types.js').RuntimePart} part */
async function compile({wasm}) {
  const compiled = await WebAssembly.compile(wasm)
  wasm.buffer.transfer(0) // a collector of garbage would leave it for long
  return compiled
}

/**
 * Of another thread's clock.
 * @param {Span} span  In milliseconds since 1970; it may have begun a moment before the worker did.
 * @returns {Span}
 */
function sinceSpawn({from, to}) {
  return {
    from: Math.max(0, from - performance.timeOrigin),
    to: Math.max(0, to - performance.timeOrigin),
  }
}
