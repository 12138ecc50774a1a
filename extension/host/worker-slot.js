// The one worker that the host has at a time, and what is known of it.

/**
 * @typedef {import('../engine/worker.js').WorkerMessage} WorkerMessage
 * @typedef {import('../engine/worker.js').HostMessage} HostMessage
 * @typedef {import('../shared/messages.js').EngineSettings} EngineSettings
 * @typedef {import('./types.js').WorkerLike} WorkerLike
 * @typedef {Extract<HostMessage, {kind: 'start'}> & {threads: number}} Start
 *
 * `told`: how it was started, null until the settings are read. `answered`: anything yet.
 * `undecided`: it is still to be measured how many threads are fastest.
 * @typedef {import('./request-table.js').Loaded & {worker: WorkerLike, told: Start | null,
 *   threads: number | null, answered: boolean, undecided: boolean}} Engine
 */

/** Where the settings cannot be read, the engine works all the same. @type {EngineSettings} */
export const DEFAULT_SETTINGS = {threads: 'auto', releaseAfterMinutes: 5, minScore: null}

/**
 * What it hears is of the present worker: one that was ended has nothing to tell any more.
 * @typedef {object} Listener
 * @property {(message: WorkerMessage) => void} onMessage
 * @property {(message: string) => void} onError
 * @property {(settings: EngineSettings) => void} onConfigured  Its worker was told to start.
 */

export class WorkerSlot {
  /** @type {Engine | null} */ engine = null
  #createWorker
  #readSettings
  #policy
  /** @type {Listener} */ #listener

  /**
   * @param {object} parts
   * @param {(whole: boolean) => WorkerLike} parts.createWorker
   * @param {() => Promise<EngineSettings>} parts.readSettings
   * @param {ReturnType<typeof import('./start-policy.js').createStartPolicy>} parts.policy
   * @param {Listener} listener
   */
  constructor({createWorker, readSettings, policy}, listener) {
    this.#createWorker = createWorker
    this.#readSettings = readSettings
    this.#policy = policy
    this.#listener = listener
  }

  /** @throws {unknown} what the browser says where no worker can be made. */
  create() {
    /** @type {Engine} */ const engine = {
      worker: this.#createWorker(this.#policy.whole),
      told: null,
      ready: false,
      phase: 'loading',
      done: 0,
      total: 0,
      threads: null,
      answered: false,
      undecided: false,
    }
    this.engine = engine
    this.listen()
    void this.#configure(engine)
  }

  /** @param {Engine} engine */
  async #configure(engine) {
    const settings = await this.#readSettings().catch((error) => {
      console.warn('The settings could not be read', error)
      return DEFAULT_SETTINGS
    })
    if (this.engine !== engine) return
    const {threads, minScore} = settings
    engine.told = {kind: 'start', threads: this.#policy.threads(threads), minScore}
    engine.undecided = this.#policy.isUndecided(threads)
    engine.worker.postMessage(engine.told)
    this.#listener.onConfigured(settings)
  }

  /** Hear the worker again, after a measurement. */
  listen() {
    const {engine} = this
    if (!engine) return
    engine.worker.onmessage = ({data}) => {
      if (this.engine === engine) this.#listener.onMessage(data)
    }
    engine.worker.onerror = (event) => {
      if (this.engine === engine)
        this.#listener.onError(event.message || 'The worker could not be started')
    }
  }

  /** @param {HostMessage} message */
  send(message) {
    this.engine?.worker.postMessage(message)
  }

  end() {
    this.engine?.worker.terminate() // a wasm module's memory never shrinks: only this frees it
    this.engine = null
  }

  /** A worker beside the present one, with more threads. @param {number} threads */
  createRival(threads) {
    const worker = this.#createWorker(this.#policy.whole)
    worker.postMessage({...this.engine?.told, threads})
    return worker
  }

  /** @param {import('./types.js').Runner} winner  A rival, which takes the place. */
  adopt({worker, threads}) {
    const {engine} = this
    if (!engine?.told) return
    engine.worker.terminate()
    Object.assign(engine, {worker, threads, told: {...engine.told, threads}})
  }
}
