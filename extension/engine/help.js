// Decides when a second model, in a worker of its own, is worth its start; shares out a page's work to it.

/**
 * @typedef {import('./windows.js').Window} Window
 * @typedef {{entry: import('./queue.js').Entry, run: import('./jobs.js').Run}} Given
 *
 * `score` takes windows while others are not done yet. It rejects if the helper fails or is ended, as does `ready`.
 * @typedef {{ready: Promise<void>, score: (window: Window) => Promise<{scores: number[], ms: number}>, end: () => void}} Helper
 */

const TRIAL_MS = 200 // of a page's work: then the pace is known
const WORTH_MS = 1000 // of work left: a helper takes about half a second of another core to start
const PROOF_MS = 1500 // of work together: then it is known whether there was another core
const LEAST_GAIN = 1.15
const AHEAD = 4 // runs that the helper has at once: the thread that hands them out is itself busy most of the time
const IDLE_MS = 10_000 // the rest of a page's text may still come

/**
 * @param {object} parts
 * @param {() => Helper} parts.create
 * @param {() => Given | null} parts.next  A run for it.
 * @param {(given: Given, score: Helper['score']) => Promise<void>} parts.work  Rejects if `score` does.
 */
export function createHelp({create, next, work}) {
  /** @type {Helper | null} */ let helper = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let ending
  /** @type {{job: import('./jobs.js').Job, since: number, tokens: number, done: number} | null} */ let mark = null
  let paceAlone = 0 // tokens a millisecond
  let ready = false
  let useless = false
  let lanes = 0

  function end() {
    clearTimeout(ending)
    ending = undefined
    const ended = helper
    helper = mark = null
    ended?.end()
  }

  function begin() {
    const mine = create()
    helper = mine
    ready = false
    mine.ready.then(() => {
      if (helper !== mine) return
      ready = true
      mark = null // from here on they work together
    }, (error) => giveUp(mine, error))
  }

  /** @param {Helper} mine */
  async function lane(mine) {
    lanes++
    try {
      for (let given; helper === mine && (given = next());) await work(given, mine.score)
    } catch (error) {
      giveUp(mine, error)
    }
    lanes--
  }

  /** @param {Helper} mine @param {unknown} error */
  function giveUp(mine, error) {
    if (helper !== mine) return // it was ended
    console.warn('The second worker is of no use', error)
    useless = true
    end()
  }

  return {
    /** Called between two runs. @param {import('./jobs.js').Job | undefined} job  The page's work that is being done. */
    consider(job) {
      if (!job || useless) return
      clearTimeout(ending)
      ending = undefined
      const now = performance.now()
      // Counted from the first run on: what a page begins with may be remembered, and takes no time.
      if (mark?.job !== job || !mark.tokens) mark = {job, since: now, tokens: job.tokens, done: job.done}
      const elapsed = now - mark.since
      const pace = (job.tokens - mark.tokens) / elapsed
      if (!helper) {
        const done = job.done - mark.done
        const left = done && elapsed * (job.total - job.done) / done
        if (elapsed < TRIAL_MS || left < WORTH_MS) return
        paceAlone = pace
        begin()
      } else if (ready && elapsed > PROOF_MS && pace < paceAlone * LEAST_GAIN) {
        useless = true
        end()
      } else if (ready) {
        const mine = helper
        for (let more = AHEAD - lanes; more > 0; more--) void lane(mine)
      }
    },

    /** No page waits any more. */
    end() {
      if (helper) ending ??= setTimeout(end, IDLE_MS)
    },
  }
}
