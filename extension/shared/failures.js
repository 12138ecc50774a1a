// What can go wrong, as a closed list. A surface finds the words for a code in _locales, under `failure_<code>`.

/**
 * What helps: asking the same again, selecting the text anew, or neither.
 * @typedef {'retry' | 'select_again' | 'none'} FailureHint
 */
const HINTS = /** @type {const} */ ({
  no_text: 'select_again',
  expired: 'select_again',
  start_failed: 'retry',
  run_failed: 'retry',
  no_answer: 'retry',
})

/** @typedef {keyof typeof HINTS} FailureCode */

/** A failure with a code that a surface has words for; `message` is for the console. */
export class Failure extends Error {
  /** @param {FailureCode} code @param {string} message */
  constructor(code, message) {
    super(message)
    this.code = code
  }

  /** @returns {FailureHint} */
  get hint() {
    return HINTS[this.code] ?? 'none'
  }
}

/** The failure behind whatever was thrown. @param {unknown} error @param {FailureCode} otherwise */
export function asFailure(error, otherwise) {
  return error instanceof Failure ? error : new Failure(otherwise, error instanceof Error ? error.message : String(error))
}
