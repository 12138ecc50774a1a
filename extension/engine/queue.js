// The order in which the worker does what it is asked: one run of the model at a time, what a reader waits for first.

import {breathe} from './breathe.js'
import {createHelp} from './help.js'
import {Job} from './jobs.js'
import {createRecent} from './recent.js'

/**
 * @typedef {import('../shared/messages.js').Segment} Segment
 * @typedef {import('../shared/messages.js').Verdict} Verdict
 * @typedef {import('../shared/messages.js').Work} Work
 * @typedef {{queue: number, tokenize: number, infer: number}} WorkMilliseconds
 * @typedef {{kind: 'progress', id: string, done: number, total: number}
 *   | {kind: 'partial', id: string, from: number, segments: Segment[]}
 *   | {kind: 'done', id: string, verdict: Verdict, segments: Segment[], tokens: number, ms: WorkMilliseconds}
 *   | {kind: 'failed', id: string, message: string}} QueueMessage
 *
 * `runs`: how many of its runs are being made; `idleSince`, since when none is.
 * @typedef {{id: string, job: Job, told: number, toldAt: number, runs: number, idleSince: number, waited: number, gone: boolean}} Entry
 * @typedef {import('../shared/messages.js').Priority} Priority
 */

const TELLING_MS = 50 // more often than this nobody can see it, and every message costs the receiver
/** @type {Priority[]} */ const PRIORITIES = ['reader', 'page']

/**
 * @param {object} parts
 * @param {Pick<import('./session.js').Classifier, 'prepare' | 'score'>} parts.classifier
 * @param {(scores: number[]) => Verdict} parts.verdict
 * @param {(message: QueueMessage) => void} parts.tell
 * @param {() => import('./help.js').Helper} [parts.createHelper]  Of a second model that can work at the same time.
 */
export function createQueue({classifier, verdict, tell, createHelper}) {
  /** @type {Record<Priority, Entry[]>} */ const waiting = {reader: [], page: []}
  const recent = createRecent()
  let running = false
  const help = createHelper && createHelp({create: createHelper, next: () => next(['page']), work})

  async function start() {
    if (running) return
    running = true
    for (let given = next(PRIORITIES); given; given = next(PRIORITIES)) {
      await work(given, own)
      help?.consider(waiting.page[0]?.job)
      await breathe()
    }
    running = false
  }

  /** @type {import('./help.js').Helper['score']} */
  async function own(window) {
    const begin = performance.now()
    return {scores: await classifier.score(window), ms: performance.now() - begin}
  }

  /** The next run to make. @param {Priority[]} priorities @returns {import('./help.js').Given | null} */
  function next(priorities) {
    for (const entry of priorities.flatMap((priority) => waiting[priority])) {
      try {
        const run = entry.job.take()
        if (run) return {entry, run}
        if (entry.job.finished) report(entry) // all of it was known
      } catch (error) {
        fail(entry, error)
      }
    }
    return null
  }

  /** @param {import('./help.js').Given} given @param {import('./help.js').Helper['score']} score */
  async function work({entry, run}, score) {
    if (!entry.runs++) entry.waited += performance.now() - entry.idleSince
    try {
      const {scores, ms} = await score(run.window)
      entry.job.put(run, scores, ms)
    } catch (error) {
      if (score !== own) {
        entry.job.giveBack(run)
        void start()
        throw error
      }
      fail(entry, error)
    } finally {
      if (!--entry.runs) entry.idleSince = performance.now()
    }
    if (!entry.gone) report(entry)
  }

  /** @param {Entry} entry */
  function report(entry) {
    const {id, job} = entry
    const now = performance.now()
    if (job.finished) {
      remove(id)
      tell({kind: 'done', id, ...job.overall(), segments: job.segments, ms: {queue: entry.waited, ...job.ms}})
    } else if (now - entry.toldAt >= TELLING_MS) {
      if (job.segments.length > entry.told) tell({kind: 'partial', id, from: entry.told, segments: job.segments.slice(entry.told)})
      tell({kind: 'progress', id, done: job.done, total: job.total})
      entry.told = job.segments.length
      entry.toldAt = now
    }
  }

  /** @param {Entry} entry @param {unknown} error */
  function fail({id, gone}, error) {
    if (gone) return
    remove(id)
    tell({kind: 'failed', id, message: error instanceof Error ? error.message : String(error)})
  }

  /** @param {string} id */
  function remove(id) {
    for (const priority of PRIORITIES) {
      for (const entry of waiting[priority]) if (entry.id === id) entry.gone = true
      waiting[priority] = waiting[priority].filter(({gone}) => !gone)
    }
    if (!waiting.page.length) help?.end()
  }

  return {
    /** @param {Work} work  With text in it. */
    add({id, priority, remember, ...request}) {
      const now = performance.now()
      const job = new Job(request, classifier.prepare, verdict, remember ? recent : null)
      waiting[priority].push({id, job, told: 0, toldAt: now, runs: 0, idleSince: now, waited: 0, gone: false})
      void start()
    },

    /** Nothing more is done or told of this request. @param {string} id */
    cancel: remove,
  }
}
