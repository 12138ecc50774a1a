// Reads the parts of the engine, and transfers each as soon as it is there. Their integrity is
// checked at the same time.

import {check} from '../engine/integrity.js'
import {readModel} from '../engine/model-store.js'
import {DamagedError, open, readWhole} from '../engine/stream-file.js'
import {createSource} from './model-source.js'

/**
 * The parts, once each. `read`: when that began and ended, in milliseconds since 1970 (threads have
 * clocks of their own). `checked` comes last: every part is what was packed.
 * @typedef {import('../engine/types.js').Part} Part
 * @typedef {import('../engine/types.js').Span} Span
 * @typedef {import('./model-source.js').ModelSource} ModelSource
 * @typedef {Uint8Array<ArrayBuffer>} Bytes
 * @typedef {(phase: 'downloading' | 'loading', done: number, total: number) => void} OnProgress
 */

const ROOT = new URL('../', import.meta.url)
const MODEL = new URL('model/', ROOT)
const DESCRIPTION = 'model.json'
const WASM = 'runtime/ort-wasm-simd-threaded.wasm'
// Nobody sees progress that comes more often.
const PROGRESS_INTERVAL_MS = 50

/** @param {OnProgress} onProgress  Of what is fetched. */
export function startSource(onProgress) {
  return createSource(seldom((done, total) => onProgress('downloading', done, total)))
}

/**
 * The runtime and the vocabulary come first, as most has to be made of them; the weights are read
 * while that is done.
 * @param {object} parts
 * @param {boolean} parts.whole  Nothing may be left out of the runtime.
 * @param {ModelSource} parts.source
 * @param {(part: Part, transfer: Transferable[]) => void} parts.hand
 * @param {OnProgress} parts.onProgress  Bytes of the model that are read, now and then.
 * @throws {Error} a DamagedError if a file cannot be read, or is not what was packed.
 */
export async function supply({whole, source, hand, onProgress}) {
  const checks = new Checks(source)

  async function supplyRuntime() {
    const [{wasm, trimmed}, read] = await timed(() => source.readRuntime(whole))
    checks.add(WASM, wasm, trimmed)
    hand({kind: 'runtime', wasm, read}, [wasm.buffer])
  }

  async function supplyModel() {
    const {spec, vocabulary, readBytes} = await readModel(MODEL, {
      sha256: checks.sha256Of(`model/${DESCRIPTION}`),
      onFile: (path, bytes) => checks.add(`model/${path}`, bytes),
      onProgress: seldom((done, total) => onProgress('loading', done, total)),
      open: source.open,
    })
    const {selfTest} = await checks.integrity
    hand({kind: 'model', spec, vocabulary: await vocabulary, selfTest}, [])
    return readBytes
  }

  const [readBytes] = await Promise.all([supplyModel(), supplyRuntime()])
  // While the worker is busy with what it has.
  const others = checks.readOthers()
  others.catch(() => {}) // awaited below
  const [modelBytes, read] = await timed(readBytes)
  hand(
    {kind: 'weights', modelBytes, read},
    Object.values(modelBytes).flatMap((bytes) => bytes?.buffer ?? []),
  )
  const [, check] = await timed(() => others.then(() => checks.finish()))
  hand({kind: 'checked', check}, [])
}

/** Compares what is read with what was packed, beside other work. */
class Checks {
  /** @type {Map<string, Promise<void>>} */ #checks = new Map([
    [`model/${DESCRIPTION}`, Promise.resolve()], // nothing of it is used before it was compared
  ])

  /** @param {ModelSource} source */
  constructor(source) {
    this.integrity = source.readIntegrity()
    this.integrity.catch(() => {}) // the caller that awaits it gets the error
  }

  /**
   * @param {string} name
   * @param {boolean} [trimmed]
   * @returns {Promise<string | null | undefined>}
   */
  sha256Of(name, trimmed = false) {
    const sha256 = this.integrity.then(({files, trimmedRuntime}) =>
      trimmed ? trimmedRuntime : files[name],
    )
    sha256.catch(() => {})
    return sha256
  }

  /**
   * @param {string} name
   * @param {Bytes} bytes  They may be given away as soon as this returns.
   * @param {boolean} [trimmed]
   */
  add(name, bytes, trimmed) {
    const checking = check(name, bytes, this.sha256Of(name, trimmed))
    checking.catch(() => {}) // `finish` tells of it
    this.#checks.set(name, checking)
  }

  /** What nobody else reads to have its bytes: the browser has loaded it as a module. */
  async readOthers() {
    const {files} = await this.integrity
    const others = Object.keys(files).filter(
      (name) => !name.startsWith('model/') && !this.#checks.has(name),
    )
    await Promise.all(
      others.map(async (name) => this.add(name, await readWhole(await open(new URL(name, ROOT))))),
    )
  }

  /** @throws {Error} a DamagedError if a file is not what was packed, or was not read at all. */
  async finish() {
    const {files} = await this.integrity
    const unread = Object.keys(files).find((name) => !this.#checks.has(name))
    if (unread) throw new DamagedError(`${unread} was packed, and model.json does not name it`)
    await Promise.all(this.#checks.values())
  }
}

/**
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<[T, Span]>}
 */
async function timed(work) {
  const now = () => performance.timeOrigin + performance.now()
  const from = now()
  return [await work(), {from, to: now()}]
}

/**
 * @param {(done: number, total: number) => void} tell
 * @returns {(done: number, total: number) => void}
 */
function seldom(tell) {
  let toldAt = 0
  return (done, total) => {
    const now = performance.now()
    if (done < total && now - toldAt < PROGRESS_INTERVAL_MS) return
    toldAt = now
    tell(done, total)
  }
}
