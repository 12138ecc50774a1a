// The order in which the worker does what it is asked: one run of the model at a time, what a
// reader waits for first.

import {breathe} from './yield-to-event-loop.js'
import {Job} from './jobs.js'
import {createRecent} from './score-cache.js'

/**
 * @typedef {import('../shared/messages.js').Segment} Segment
 * @typedef {import('../shared/messages.js').Prediction} Prediction
 * @typedef {import('../shared/messages.js').Work} Work
 * @typedef {{queue: number, tokenize: number, infer: number}} WorkMilliseconds
 * @typedef {{kind: 'progress', id: string, done: number, total: number}
 *   | {kind: 'partial', id: string, from: number, segments: Segment[]}
 *   | {kind: 'done', id: string, prediction: Prediction, segments: Segment[], tokens: number, ms:
 *   WorkMilliseconds}
 *   | {kind: 'failed', id: string} & WorkerFailure} QueueMessage
 *
 * `trapped`: the runtime's wasm gave up, as it does where a function is called that was left out of
 * it.
 * @typedef {{message: string, trapped: boolean}} WorkerFailure
 * @typedef {import('../shared/messages.js').Priority} Priority
 *
 * `told`: how many of its segments were. `waited`: milliseconds between its runs; `idleSince`: when
 * the last one ended.
 * @typedef {{id: string, priority: Priority, job: Job, told: number, toldAt: number, idleSince:
 *   number, waited: number}} Entry
 */

// more often than this nobody can see it, and every message costs the receiver
const TELLING_MS = 50
// Nobody notices that a request waits so much longer; a pause after each run costs 3 % of a page.
const PAUSE_AFTER_MS = 8

/**
 * @param {object} parts
 * @param {Pick<import('./session.js').Classifier, 'prepare' | 'score'>} parts.classifier
 * @param {(scores: number[]) => Prediction} parts.toPrediction
 * @param {(message: QueueMessage) => void} parts.tell
 */
export function createQueue({classifier, toPrediction, tell}) {
  /** In the order in which they came. @type {Map<string, Entry>} */ const waiting = new Map()
  const recent = createRecent()
  let running = false

  async function start() {
    if (running) return
    running = true
    let pausedAt = performance.now()
    for (let entry = next(); entry; entry = next()) {
      await advance(entry)
      if (performance.now() - pausedAt < PAUSE_AFTER_MS) continue
      await breathe()
      pausedAt = performance.now()
    }
    running = false
  }

  function next() {
    const entries = [...waiting.values()]
    return entries.find(({priority}) => priority === 'user') ?? entries.at(0)
  }

  /** @param {Entry} entry */
  async function advance(entry) {
    const {id, job} = entry
    const isGone = () => waiting.get(id) !== entry
    entry.waited += performance.now() - entry.idleSince
    try {
      await job.step()
      entry.idleSince = performance.now()
      if (!isGone()) report(entry)
    } catch (error) {
      if (!isGone()) end({kind: 'failed', id, ...asWorkerFailure(error)})
    }
  }

  /** @param {Entry} entry */
  function report(entry) {
    const {id, job} = entry
    const now = performance.now()
    if (job.finished) {
      end({
        kind: 'done',
        id,
        ...job.overall(),
        segments: job.segments,
        ms: {queue: entry.waited, ...job.ms},
      })
    } else if (now - entry.toldAt >= TELLING_MS) {
      if (job.segments.length > entry.told)
        tell({kind: 'partial', id, from: entry.told, segments: job.segments.slice(entry.told)})
      tell({kind: 'progress', id, done: job.done, total: job.total})
      entry.told = job.segments.length
      entry.toldAt = now
    }
  }

  /** @param {QueueMessage} message  The last one of a request. */
  function end(message) {
    waiting.delete(message.id)
    tell(message)
  }

  return {
    /** @param {Work} work  With text in it. */
    add({id, priority, remember, ...request}) {
      const now = performance.now()
      const job = new Job(request, classifier, toPrediction, remember ? recent : null)
      waiting.set(id, {id, priority, job, told: 0, toldAt: now, idleSince: now, waited: 0})
      void start()
    },

    /** Nothing more is done or told of this request. @param {string} id */
    cancel(id) {
      waiting.delete(id)
    },
  }
}

/** @param {unknown} error @returns {WorkerFailure} */
export function asWorkerFailure(error) {
  const message = error instanceof Error ? error.message : String(error)
  // What traps while it starts, ONNX Runtime tells in words.
  return {
    message,
    trapped: error instanceof WebAssembly.RuntimeError || message.includes('RuntimeError'),
  }
}
