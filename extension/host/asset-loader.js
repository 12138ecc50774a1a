// Reads what the engine is made of, and hands each part over as soon as it is there.

import {readModel} from '../engine/model-store.js'
import {createSource} from './model-source.js'

/**
 * The parts, once each. `read`: when that began and ended, in milliseconds since 1970 (threads have
 * clocks of their own).
 * @typedef {import('../engine/types.js').RuntimePart} RuntimePart
 * @typedef {import('../engine/types.js').ModelPart} ModelPart
 * @typedef {import('../engine/types.js').WeightsPart} WeightsPart
 */

const MODEL = new URL('../model/', import.meta.url)
const TELLING_MS = 50

/**
 * The runtime and the vocabulary come first, as most has to be made of them; the weights are read
 * while that is done.
 * @param {object} parts
 * @param {boolean} parts.whole  Nothing may be left out of the runtime.
 * @param {(part: RuntimePart | ModelPart | WeightsPart, transfer: Transferable[]) => void}
 *   parts.hand
 * @param {(done: number, total: number) => void} parts.onProgress  Bytes of the model, now and
 *   then: first those that are fetched from a server, where they are; then those that are read.
 * @throws {Error} if a file cannot be read.
 */
export async function supply({whole, hand, onProgress}) {
  const source = createSource(seldom(onProgress))

  async function supplyRuntime() {
    const [wasm, read] = await timed(() => source.readRuntime(whole))
    hand({kind: 'runtime', wasm, read}, [wasm.buffer])
  }

  async function supplyModel() {
    const {spec, vocabulary, readBytes} = await readModel(MODEL, seldom(onProgress), source.open)
    hand({kind: 'model', spec, vocabulary: await vocabulary}, [])
    return readBytes
  }

  const [readBytes] = await Promise.all([supplyModel(), supplyRuntime()])
  const [modelBytes, read] = await timed(readBytes)
  hand(
    {kind: 'weights', modelBytes, read},
    Object.values(modelBytes).flatMap((bytes) => bytes?.buffer ?? []),
  )
}

/**
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<[T, import('../engine/types.js').Span]>}
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
    if (done < total && now - toldAt < TELLING_MS) return
    toldAt = now
    tell(done, total)
  }
}
