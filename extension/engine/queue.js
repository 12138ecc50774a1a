// The order in which the worker does what it is asked: one run of the model at a time, what a reader waits for first.

import {breathe} from './breathe.js'
import {Job} from './jobs.js'

/**
 * @typedef {import('../shared/messages.js').Segment} Segment
 * @typedef {import('../shared/messages.js').Verdict} Verdict
 * @typedef {import('../shared/messages.js').Work} Work
 * @typedef {{queue: number, tokenize: number, infer: number}} WorkMilliseconds
 * @typedef {{kind: 'progress', id: string, done: number, total: number}
 *   | {kind: 'partial', id: string, from: number, segments: Segment[]}
 *   | {kind: 'done', id: string, verdict: Verdict, segments: Segment[], tokens: number, ms: WorkMilliseconds}
 *   | {kind: 'failed', id: string, message: string}} QueueMessage
 */

const TELLING_MS = 50 // more often than this nobody can see it, and every message costs the receiver
const PRIORITIES = /** @type {const} */ (['reader', 'page'])

/**
 * @param {object} parts
 * @param {Pick<import('./session.js').Classifier, 'prepare' | 'score'>} parts.classifier
 * @param {(scores: number[]) => Verdict} parts.verdict
 * @param {(message: QueueMessage) => void} parts.tell
 */
export function createQueue({classifier, verdict, tell}) {
  /** @typedef {{id: string, job: Job, told: number, toldAt: number, idleSince: number, waited: number}} Entry */
  /** @type {Record<import('../shared/messages.js').Priority, Entry[]>} */ const waiting = {reader: [], page: []}
  let running = false

  async function run() {
    if (running) return
    running = true
    for (let entry = next(); entry; entry = next()) {
      await advance(entry)
      await breathe()
    }
    running = false
  }

  function next() {
    return PRIORITIES.map((priority) => waiting[priority][0]).find(Boolean)
  }

  /** @param {Entry} entry */
  async function advance(entry) {
    const {id, job} = entry
    entry.waited += performance.now() - entry.idleSince
    try {
      await job.step()
    } catch (error) {
      remove(id)
      tell({kind: 'failed', id, message: error instanceof Error ? error.message : String(error)})
      return
    }
    entry.idleSince = performance.now()
    if (job.finished) {
      remove(id)
      tell({kind: 'done', id, ...job.overall(), segments: job.segments, ms: {queue: entry.waited, ...job.ms}})
    } else if (entry.idleSince - entry.toldAt >= TELLING_MS) {
      if (job.segments.length > entry.told) tell({kind: 'partial', id, from: entry.told, segments: job.segments.slice(entry.told)})
      tell({kind: 'progress', id, done: job.done, total: job.total})
      entry.told = job.segments.length
      entry.toldAt = entry.idleSince
    }
  }

  /** @param {string} id */
  function remove(id) {
    for (const priority of PRIORITIES) waiting[priority] = waiting[priority].filter((entry) => entry.id !== id)
  }

  return {
    /** @param {Work} work  With text in it. */
    add({id, priority, ...request}) {
      const now = performance.now()
      waiting[priority].push({id, job: new Job(request, classifier, verdict), told: 0, toldAt: now, idleSince: now, waited: 0})
      void run()
    },

    /** Nothing more is done or told of this request. @param {string} id */
    cancel: remove,
  }
}
