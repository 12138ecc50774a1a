// The order in which the worker does what it is asked: one run of the model at a time. What a user
// waits for comes first, unless it is long: then it takes turns with pages and other long texts,
// and a short one waits for none of them.

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
 *   | {kind: 'done', id: string, prediction: Prediction, from: number, segments: Segment[], tokens:
 *   number, ms: WorkMilliseconds}
 *   | {kind: 'failed', id: string} & WorkerFailure} QueueMessage
 *
 * `trapped`: the runtime's wasm gave up, as it does where a function is called that was left out of
 * it.
 * `code`: what a reader is told where that is known. `again`: another start may do, as another
 * model takes the place of this one.
 * @typedef {{message: string, trapped: boolean, again?: boolean, code?:
 *   import('../shared/failures.js').FailureCode}} WorkerFailure
 * @typedef {import('../shared/messages.js').Priority} Priority
 *
 * Every segment is sent once: in a `partial`, or in the end from index `from` on.
 *
 * `told`: how many of its segments were. `waited`: milliseconds between its runs; `idleSince`: when
 * the last one ended; `used`: milliseconds of its runs.
 * @typedef {{id: string, priority: Priority, job: Job, told: number, toldAt: number, idleSince:
 *   number, waited: number, used: number}} Entry
 */

// Nobody sees progress that comes more often, and every message costs the receiver.
const PROGRESS_INTERVAL_MS = 50
// Nobody notices that a request waits so much longer; a pause after each run costs 3 % of a page.
const PAUSE_AFTER_MS = 8
/** A user's request that needed so much is a long one: nobody sees whether it takes turns. */
const LONG_FROM_MS = 1000

/**
 * @param {object} parts
 * @param {Pick<import('./session.js').Classifier, 'prepare' | 'score' | 'atOnce'>} parts.classifier
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
    return entries.find(isUrgent) ?? entries.at(0)
  }

  /** @param {Entry} entry */
  function isUrgent({priority, used}) {
    return priority === 'user' && used < LONG_FROM_MS
  }

  /** @param {Entry} entry */
  async function advance(entry) {
    const {id, job} = entry
    const isGone = () => waiting.get(id) !== entry
    const begin = performance.now()
    entry.waited += begin - entry.idleSince
    try {
      await job.step()
      entry.idleSince = performance.now()
      entry.used += entry.idleSince - begin
      if (isGone()) return
      if (!isUrgent(entry)) takeTurns(entry)
      report(entry)
    } catch (error) {
      if (!isGone()) end({kind: 'failed', id, ...asWorkerFailure(error)})
    }
  }

  /** Behind all others. @param {Entry} entry */
  function takeTurns(entry) {
    waiting.delete(entry.id)
    waiting.set(entry.id, entry)
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
        from: entry.told,
        segments: job.take(),
        ms: {queue: entry.waited, ...job.ms},
      })
    } else if (now - entry.toldAt >= PROGRESS_INTERVAL_MS) {
      const segments = job.take()
      if (segments.length) tell({kind: 'partial', id, from: entry.told, segments})
      tell({kind: 'progress', id, done: job.done, total: job.total})
      entry.told += segments.length
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
      waiting.set(id, {id, priority, job, told: 0, toldAt: now, idleSince: now, waited: 0, used: 0})
      void start()
    },

    /** Drop a request without another message. @param {string} id */
    cancel(id) {
      waiting.delete(id)
    },
  }
}

/** @param {unknown} error @returns {WorkerFailure} */
export function asWorkerFailure(error) {
  const {name, message} = error instanceof Error ? error : {name: '', message: String(error)}
  // What traps while it starts, ONNX Runtime tells in words.
  const trapped = error instanceof WebAssembly.RuntimeError || message.includes('RuntimeError')
  return name === 'WrongNumbersError'
    ? {message, trapped, code: 'wrong_numbers'}
    : {message, trapped}
}
