// Every message between contexts, once. All of it survives JSON: no typed arrays, no undefined, no NaN.

/** @typedef {import('./failures.js').FailureCode} FailureCode */

/**
 * `score` is a probability in 0..1. Scores stand in the order of the model's labels; `label` is the id of the winner, or null where
 * the model sees no clear one.
 * @typedef {{label: string, score: number}} Score
 * @typedef {{label: string | null, scores: Score[]}} Verdict
 */

/**
 * A surface and the host talk over a port named ENGINE_PORT; requests carry an id of the surface's making.
 * `truncated`: the model took only the beginning of the text. `ms`: milliseconds, `queue` waiting for other requests.
 * @typedef {{kind: 'classify', id: string, text: string}} ClassifyRequest
 * @typedef {{kind: 'cancel', id: string}} CancelRequest
 * @typedef {{kind: 'progress', id: string, phase: 'loading' | 'classifying'}} Progress
 * @typedef {{queue: number, tokenize: number, infer: number, total: number}} Milliseconds
 * @typedef {{kind: 'result', id: string, verdict: Verdict, tokens: number, truncated: boolean, ms: Milliseconds}} Result
 * @typedef {{kind: 'failure', id: string, code: FailureCode, message: string}} FailureAnswer
 * @typedef {ClassifyRequest | CancelRequest} EngineRequest
 * @typedef {Progress | Result | FailureAnswer} EngineAnswer
 */
export const ENGINE_PORT = 'engine'

/**
 * Any extension page to the background, by `runtime.sendMessage`: make sure that the host runs; answered when it does.
 * @typedef {{kind: 'wake'}} WakeRequest
 */

/**
 * The card to the page script that placed it, by `tabs.sendMessage`; `id` is the card's. Nothing goes the other way.
 * @typedef {{kind: 'resize', id: string, height: number} | {kind: 'dismiss', id: string}} ShellRequest
 */

/**
 * What the page script found, handed to the background as the value of its injection.
 * @typedef {{id: string, text: string}} Opened
 */

/** Where storage.session keeps the text that a card was opened for. @param {string} id */
export function requestKey(id) {
  return `request:${id}`
}

/**
 * Whether a message or port comes from one of our own pages, not from a script inside a web page.
 * @param {chrome.runtime.MessageSender | undefined} sender
 */
export function isOwnPage(sender) {
  return sender?.id === chrome.runtime.id && Boolean(sender.url?.startsWith(chrome.runtime.getURL('')))
}
