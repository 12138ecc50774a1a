// The host's measurement of threads: at most one at a time, which ends when somebody asks.

import {calibrate} from './thread-tuning.js'

/**
 * @typedef {object} Listener
 * @property {(threads: number) => void} onMeasured
 * @property {(error: Error & {trapped?: boolean}) => void} onFailed
 */

export class Measurement {
  /** @type {AbortController | null} */ #controller = null
  #slot
  #listener

  /** @param {import('./worker-slot.js').WorkerSlot} slot @param {Listener} listener */
  constructor(slot, listener) {
    this.#slot = slot
    this.#listener = listener
  }

  /** Whether it is still to be found out how many threads are fastest, and can be. */
  get isDue() {
    const {engine} = this.#slot
    return Boolean(engine?.told && engine.answered && engine.undecided)
  }

  /** @param {number} most  Threads that are worth a try. */
  begin(most) {
    const {engine} = this.#slot
    if (!engine?.told) return
    const {signal} = (this.#controller = new AbortController())
    calibrate({
      best: {worker: engine.worker, threads: engine.told.threads},
      most,
      start: (threads) => this.#slot.createRival(threads),
      onBetter: (winner) => this.#slot.adopt(winner),
      signal,
    }).then(
      (threads) => {
        if (signal.aborted) return
        engine.undecided = false
        this.#listener.onMeasured(threads)
      },
      (error) => {
        if (!signal.aborted) this.#listener.onFailed(error)
      },
    )
  }

  /** A request waits for no measurement: the engine's worker is the host's again. */
  end() {
    this.#controller?.abort()
    this.#controller = null
    this.#slot.listen()
  }
}
