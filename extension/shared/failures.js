// What can go wrong, as a closed list. UI pages look a code up in _locales, under
// `failure_<code>`.

/** @typedef {'no_text' | 'expired' | 'start_failed' | 'run_failed' | 'no_answer'} FailureCode */

/**
 * What helps: asking the same again, or selecting the text again.
 * @typedef {'retry' | 'select_again'} FailureHint
 */

/** @type {Record<FailureCode, FailureHint>} */
const HINTS = {
  no_text: 'select_again',
  expired: 'select_again',
  start_failed: 'retry',
  run_failed: 'retry',
  no_answer: 'retry',
}

/** A failure with a code that has a message; `message` is for the console. */
export class Failure extends Error {
  /** @param {FailureCode} code @param {string} message */
  constructor(code, message) {
    super(message)
    this.code = code
  }

  get hint() {
    return HINTS[this.code]
  }
}

/** The failure behind whatever was thrown. @param {unknown} error @param {FailureCode} otherwise */
export function asFailure(error, otherwise) {
  return error instanceof Failure
    ? error
    : new Failure(otherwise, error instanceof Error ? error.message : String(error))
}
