// Every message between contexts, once. All of it survives JSON: no typed arrays, no undefined, no NaN.

/** @typedef {import('./failures.js').FailureCode} FailureCode */

/**
 * `score` is a probability in 0..1. Scores stand in the order of the model's labels; `labels` holds the ids of those that count, best
 * first: of a model of one label a text at most one. `label` is the first of them, or null where the model sees no clear one.
 * @typedef {{label: string, score: number}} Score
 * @typedef {{label: string | null, labels: string[], scores: Score[]}} Verdict
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
 * What an extension page asks the background, by `runtime.sendMessage` as `{kind, body}`; the answer is a Reply. (A framed page of
 * Firefox has no more of the extension's functions than messaging.)
 * @typedef {object} Calls
 * @property {(body: {}) => {}} wake  Makes sure that the host runs.
 * @property {(body: {id: string}) => {text: string}} take  The text that a card was opened for; it is forgotten with that.
 * @property {(body: ShellRequest) => {}} shell  Hands a request on to the page script of the asking card's tab.
 * @typedef {{ok: true, value: unknown} | {ok: false, code: FailureCode, message: string}} Reply
 * @typedef {{[K in keyof Calls]: (body: Parameters<Calls[K]>[0], sender: chrome.runtime.MessageSender) => Promise<ReturnType<Calls[K]>>}} Handlers
 */

/**
 * To the page script that placed a card, by `tabs.sendMessage`; `id` is the card's. Nothing goes the other way.
 * @typedef {{kind: 'resize', id: string, height: number} | {kind: 'dismiss', id: string}} ShellRequest
 */

/**
 * What the page script found, handed to the background as the value of its injection.
 * @typedef {{id: string, text: string}} Opened
 */

/**
 * Whether a message or port comes from one of our own pages, not from a script inside a web page.
 * @param {chrome.runtime.MessageSender | undefined} sender
 */
export function isOwnPage(sender) {
  return sender?.id === chrome.runtime.id && Boolean(sender.url?.startsWith(chrome.runtime.getURL('')))
}
