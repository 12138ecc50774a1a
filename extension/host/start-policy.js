// How the next worker is started: what did not work here is not tried again.

/** @typedef {import('./types.js').SeveralThreads} SeveralThreads */

/**
 * `trapped`: a function was called that was left out of the runtime. `threads`: how many it was
 * started with.
 * @typedef {Pick<import('../engine/queue.js').WorkerFailure, 'message' | 'code' | 'again'> &
 *   {trapped?: boolean, threads: number}} WorkerEnd
 */

/** @param {SeveralThreads | undefined} several */
export function createStartPolicy(several) {
  let whole = false // whether the runtime has to be all there: a model may call what others do not
  let single = !several // whether one thread is all that works here
  /** What was found to be the fastest. @type {number | null} */ let found = null

  /** @param {number} threads */
  function keep(threads) {
    found = threads
    several
      ?.keep(threads)
      .catch((error) => console.warn('How many threads are fastest could not be kept', error))
  }

  return {
    keep,

    get whole() {
      return whole
    },

    /** @param {'auto' | number} setting */
    threads(setting) {
      if (single) return 1
      return setting === 'auto' ? (found ?? 1) : setting
    },

    /** Whether it is still to be measured how many are fastest. @param {'auto' | number} setting */
    isUndecided(setting) {
      return !single && setting === 'auto' && found === null
    },

    /**
     * The next step from a trimmed runtime to a whole one, and from several threads to one.
     * @param {WorkerEnd} end
     * @returns {boolean} Whether one was left to take.
     */
    stepDown({message, trapped = false, again = false, code, threads}) {
      if (again) return true
      if (code && code !== 'wrong_numbers') return false // another start would change nothing
      if ((trapped || code === 'wrong_numbers') && !whole) {
        console.warn('The runtime has to be started with all its functions', message)
        whole = true
        return true
      }
      if (single || threads === 1) return false
      console.warn('The engine has to be started with one thread', message)
      single = true
      keep(1)
      return true
    },
  }
}
