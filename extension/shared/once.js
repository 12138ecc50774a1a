// What is asked for again and again, and fetched once.

/**
 * A function that makes a promise at its first call and gives that one from then on; where it was
 * rejected, the next call tries again.
 * @template T @param {() => Promise<T>} make @returns {() => Promise<T>}
 */
export function once(make) {
  /** @type {Promise<T> | undefined} */ let made
  return () => {
    made ??= make().catch((error) => {
      made = undefined
      throw error
    })
    return made
  }
}
