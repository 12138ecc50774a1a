// What can go wrong, as a closed list. UI pages look a code up in _locales, under
// `failure_<code>`.

/**
 * Of a model that a server delivers: not reached; answered with an error; other bytes than
 * expected; no more bytes; no room for them; not asked, for its user has to allow it first; not
 * signed by the author, or older than what is here.
 * @typedef {'download_offline' | 'download_refused' | 'download_changed' | 'download_stalled' |
 *   'download_full' | 'download_not_allowed' | 'download_forged'} DownloadCode
 */
/**
 * `damaged`: a file of the extension is missing or is not what was packed. `wrong_numbers`: the
 * model computes something else here than it does elsewhere.
 * @typedef {'no_text' | 'expired' | 'start_failed' | 'run_failed' | 'no_answer' | 'damaged'
 *   | 'wrong_numbers' | DownloadCode} FailureCode
 */

/**
 * What helps: asking the same again, selecting the text again, installing the extension again, or
 * allowing the server of the model in the settings.
 * @typedef {'retry' | 'select_again' | 'reinstall' | 'allow'} FailureHint
 */

/** @type {Record<FailureCode, FailureHint>} */
const HINTS = {
  no_text: 'select_again',
  expired: 'select_again',
  start_failed: 'retry',
  run_failed: 'retry',
  no_answer: 'retry',
  download_offline: 'retry',
  download_refused: 'retry',
  download_changed: 'retry',
  download_stalled: 'retry',
  download_full: 'retry',
  download_not_allowed: 'allow',
  download_forged: 'retry',
  damaged: 'reinstall',
  wrong_numbers: 'reinstall',
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
