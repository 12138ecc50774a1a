// Timers with names that count only the time in which this page could run: a computer that was
// asleep, or a page that the browser froze, has let nothing go by.

// A timer is a row of slices. One that ends late by more than a slice's length does not count.
const SLICE_MS = 10_000

/** @typedef {{ms: () => number | null, ring: () => void, repeat?: boolean}} Timer */

/** @template {string} Name */
export class Timers {
  /** @type {Map<Name, ReturnType<typeof setTimeout> | undefined>} */ #kept = new Map()
  #timers

  /** @param {Readonly<Record<Name, Timer>>} timers  `ms`: asked at each start; null for never. */
  constructor(timers) {
    this.#timers = timers
  }

  /** Have these run and no others. One that runs goes on. @param {readonly Name[]} names */
  keep(names) {
    for (const [name, running] of this.#kept) {
      if (names.includes(name)) continue
      clearTimeout(running)
      this.#kept.delete(name)
    }
    for (const name of names) if (!this.#kept.has(name)) this.#start(name)
  }

  /** Begin again with one that is kept. @param {Name} name */
  restart(name) {
    if (!this.#kept.has(name)) return
    clearTimeout(this.#kept.get(name))
    this.#start(name)
  }

  /** @param {Name} name */
  #start(name) {
    const ms = this.#timers[name].ms()
    if (ms === null) this.#kept.set(name, undefined)
    else this.#wait(name, ms)
  }

  /** @param {Name} name @param {number} left */
  #wait(name, left) {
    const slice = Math.min(left, SLICE_MS)
    const began = performance.now()
    const end = () => {
      const slept = performance.now() - began > slice + SLICE_MS
      const rest = slept ? left : left - slice
      if (rest > 0) this.#wait(name, rest)
      else this.#ring(name)
    }
    this.#kept.set(name, setTimeout(end, slice))
  }

  /** @param {Name} name */
  #ring(name) {
    const {repeat, ring} = this.#timers[name]
    if (repeat) this.#start(name)
    ring()
  }
}
