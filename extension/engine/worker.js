// The engine's worker: loads the model once, then answers one text at a time, in the order asked.

// @ts-expect-error - the builder puts ONNX Runtime's files there
import * as runtime from '../runtime/ort.wasm.min.mjs'
import {readModel} from './model-store.js'
import {verdict} from './scores.js'
import {createClassifier} from './session.js'
import {createTokenizer} from './tokenizer.js'

/**
 * Host to worker: a text with the number of its request. Worker to host: `ready` or `broken` once, then an answer a text.
 * @typedef {{id: string, text: string}} Job
 * @typedef {{id: string, ok: true, verdict: import('../shared/messages.js').Verdict, tokens: number, truncated: boolean,
 *   ms: {tokenize: number, infer: number}}} Done
 * @typedef {{id: string, ok: false, message: string}} Failed
 * @typedef {{kind: 'ready'} | {kind: 'broken', message: string} | ({kind: 'answer'} & (Done | Failed))} WorkerMessage
 */

const ort = /** @type {import('./session.js').OnnxRuntime} */ (runtime)
// A folder, not the bytes: the browser compiles while it reads and may keep the compiled code.
ort.env.wasm.wasmPaths = new URL('../runtime/', import.meta.url).href
ort.env.wasm.numThreads = 1

async function start() {
  const {spec, vocabulary, modelBytes} = await readModel(new URL('../model/', import.meta.url))
  // @ts-expect-error - the builder puts Hugging Face's tokenizers there, for a model that needs them
  const tokenizer = await createTokenizer(spec.tokenizer, vocabulary, () => import('../runtime/tokenizers.mjs'))
  return {spec, classifier: await createClassifier({modelBytes, spec, tokenizer, ort})}
}

const engine = start()
engine.then(() => tell({kind: 'ready'}), (error) => tell({kind: 'broken', message: String(error?.message ?? error)}))

self.addEventListener('message', async (/** @type {MessageEvent<Job>} */ {data: {id, text}}) => {
  try {
    const {spec, classifier} = await engine
    const {scores, ...figures} = await classifier.classify(text)
    tell({kind: 'answer', id, ok: true, verdict: verdict(scores, spec), ...figures})
  } catch (error) {
    tell({kind: 'answer', id, ok: false, message: error instanceof Error ? error.message : String(error)})
  }
})

/** @param {WorkerMessage} message */
function tell(message) {
  self.postMessage(message)
}
