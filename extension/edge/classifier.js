// The engine in a worker of an edge network: the files of the model come from a binding, and the
// runtime was compiled before the worker started.

import {check, passSelfTest} from '../engine/integrity.js'
import {readModel} from '../engine/model-store.js'
import {createClassifier} from '../engine/session.js'
import {createTokenizer} from '../engine/tokenizer.js'
import {startRuntime} from '../engine/wasm-trim/runtime.js'
import {loadLibrary, ort, runtime} from './vendored.js'

/**
 * @typedef {import('../engine/model-store.js').ModelSpec} ModelSpec
 * @typedef {{spec: ModelSpec, classify: (text: string) => Promise<number[]>}} EdgeClassifier
 */

/** Once in a worker: what failed to start stays unusable. @type {Promise<void> | undefined} */
let started

/**
 * @param {object} parts
 * @param {URL} parts.base  The folder that holds model.json.
 * @param {(url: URL) => Promise<Response>} parts.open
 * @param {import('../engine/integrity.js').Integrity} parts.integrity
 * @returns {Promise<EdgeClassifier>}
 * @throws {Error} if a file cannot be read or is not what was packed, or the scores are not those
 *   of the builder.
 */
export async function loadClassifier({base, open, integrity}) {
  /** @type {Promise<void>[]} */ const checks = []
  started ??= startRuntime(ort, 1, Promise.resolve(runtime))
  const {spec, vocabulary, readBytes} = await readModel(base, {
    sha256: Promise.resolve(integrity.files['model/model.json']),
    onFile: (name, bytes) =>
      checks.push(check(name, bytes, Promise.resolve(integrity.files[`model/${name}`]))),
    open,
  })
  const [tokenizer, modelBytes] = await Promise.all([
    vocabulary.then((text) => createTokenizer(spec.tokenizer, text, loadLibrary)),
    readBytes(),
    started,
  ])
  await Promise.all(checks)
  const classifier = await createClassifier({ort, spec, tokenizer, modelBytes})
  // The session has a copy: a worker has no memory to spare.
  for (const bytes of Object.values(modelBytes)) bytes?.buffer.transfer(0)
  await passSelfTest(classifier, integrity.selfTest)
  return {spec, classify: inTurn(async (text) => (await classifier.classify(text)).scores)}
}

/**
 * A session takes one text at a time.
 * @template T, R @param {(value: T) => Promise<R>} work @returns {(value: T) => Promise<R>}
 */
function inTurn(work) {
  /** @type {Promise<unknown>} */ let last = Promise.resolve()
  return (value) => {
    const next = last.then(() => work(value))
    last = next.catch(() => {})
    return next
  }
}
