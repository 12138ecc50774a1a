// The requests that wait for an answer, in the order in which they came.

/**
 * @typedef {import('../engine/queue.js').QueueMessage} QueueMessage
 * @typedef {import('../shared/failures.js').Failure} Failure
 * @typedef {import('../shared/messages.js').EngineAnswer} EngineAnswer
 * @typedef {import('../shared/messages.js').Work} Work
 * @typedef {(answer: EngineAnswer) => void} Answer
 * @typedef {{work: Work, asked: number, answer: Answer}} Request
 * @typedef {{ready: boolean, phase: 'downloading' | 'loading', done: number, total: number}} Loaded
 *   How far the engine is.
 */

export class RequestTable {
  /** @type {Map<string, Request>} */ #open = new Map()

  get size() {
    return this.#open.size
  }

  /** @returns {Work[]} */
  get works() {
    return [...this.#open.values()].map(({work}) => work)
  }

  /** @param {string} id */
  has(id) {
    return this.#open.has(id)
  }

  /** @param {Request} request */
  add(request) {
    this.#open.set(request.work.id, request)
  }

  /** @param {string} id @returns {Request | undefined} It waits no more. */
  take(id) {
    const request = this.#open.get(id)
    this.#open.delete(id)
    return request
  }

  /** @returns {Request[]} None waits any more. */
  takeAll() {
    const all = [...this.#open.values()]
    this.#open.clear()
    return all
  }

  /** @param {string} id @param {EngineAnswer} message  Not the last of it. */
  tell(id, message) {
    this.#open.get(id)?.answer(message)
  }

  /** @param {Loaded} loaded */
  tellPhase(loaded) {
    for (const {work, answer} of this.#open.values()) answer(phase(work.id, loaded))
  }
}

/** @param {string} id @param {Loaded} loaded @returns {EngineAnswer} */
export function phase(id, {ready, phase, done, total}) {
  return ready
    ? {kind: 'progress', id, phase: 'classifying', done: 0, total: 0}
    : {kind: 'progress', id, phase, done, total}
}

/** @param {Request} request @param {Extract<QueueMessage, {kind: 'done'}>} message */
export function answerResult({asked, answer}, message) {
  answer({
    ...message,
    kind: 'result',
    ms: {...message.ms, total: performance.now() - asked},
  })
}

/** @param {Request} request @param {Failure} failure */
export function refuse({work: {id}, answer}, {code, message, hint}) {
  answer({kind: 'failure', id, code, message, hint})
}
