// Every message between contexts, once. All of it survives JSON: no typed arrays, no undefined, no
// NaN.

/** @typedef {import('./failures.js').FailureCode} FailureCode */
/** @typedef {import('./failures.js').FailureHint} FailureHint */
/** @typedef {import('./settings.js').Settings} Settings */

/**
 * `score` is a probability in 0..1. Scores stand in the order of the model's labels; `labels` holds
 * the ids of those that count, best
 * first: of a model of one label a text at most one. `label` is the first of them, or null where
 * the model sees no clear one.
 * @typedef {{label: string, score: number}} Score
 * @typedef {{label: string | null, labels: string[], scores: Score[]}} Prediction
 */

/**
 * A part of a text with its own prediction: `text` is an index into the request's texts, `start`
 * and `end` are UTF-16 units of that text.
 * @typedef {{text: number, start: number, end: number, tokens: number, prediction: Prediction}}
 *   Segment
 */

/**
 * A UI page and the host talk over a port named ENGINE_PORT; requests carry an id that the page
 * made.
 *
 * `detail`: whether each text is one segment (the prediction is what the model says of it as a
 * whole) or each of its sentences is.
 * `priority`: what a user waits for overtakes a page's work between two runs of the model; after a
 * second of work it takes turns with it.
 * `progress`: `done` of `total` bytes while downloading, from a server that delivers the model, and
 * while loading (all read: the model is being prepared),
 * segments (and parts of one) while classifying, of those found so far.
 * `partial`: the segments from index `from` on, in order; a request that had to be started again
 * tells them from 0 again.
 * `result`: the segments from index `from` on, as the others were told; `prediction` on all texts
 * together, the mean of the segments weighted by tokens. `ms`: milliseconds, `queue`
 * waiting for the model and for other requests.
 * `status`: `known`, whether a request of the asked id is being worked on; `requests`, how many are
 * in all.
 * @typedef {'overall' | 'segments'} Detail
 * @typedef {'user' | 'page'} Priority
 * @typedef {{kind: 'classify', id: string, texts: string[], detail: Detail, priority: Priority}}
 *   ClassifyRequest
 * @typedef {{kind: 'cancel', id: string}} CancelRequest
 * @typedef {{kind: 'status', id: string}} StatusRequest  Starts nothing.
 * @typedef {{kind: 'release', id: string}} ReleaseRequest  Frees the engine's memory as soon as
 *   nothing waits; a status answers then.
 * @typedef {{kind: 'progress', id: string, phase: 'downloading' | 'loading' | 'classifying', done:
 *   number, total: number}} Progress
 * @typedef {{kind: 'partial', id: string, from: number, segments: Segment[]}} Partial
 * @typedef {{queue: number, tokenize: number, infer: number, total: number}} Milliseconds
 * @typedef {{kind: 'result', id: string, prediction: Prediction, from: number, segments: Segment[],
 *   tokens: number, ms: Milliseconds}} Result
 * @typedef {{kind: 'failure', id: string, code: FailureCode, message: string, hint: FailureHint}}
 *   FailureAnswer
 * @typedef {{kind: 'status', id: string, engine: 'off' | 'loading' | 'ready', threads: number |
 *   null, known: boolean, requests: number}} Status
 * @typedef {ClassifyRequest | CancelRequest | StatusRequest | ReleaseRequest} EngineRequest
 * @typedef {Progress | Partial | Result | FailureAnswer | Status} EngineAnswer
 */
export const ENGINE_PORT = 'engine'

/**
 * The name of the port between Chrome's background and its host while something is being opened.
 * The other end sends one message before it disconnects.
 */
export const GUARD_PORT = 'guard'

/**
 * What the host hands to the worker. `remember`: whether scores of recent texts may be used and
 * kept for it; never for text in a private window.
 * @typedef {Omit<ClassifyRequest, 'kind'> & {remember: boolean}} Work
 */

/**
 * What the host has to know of the user's settings; read when the engine starts, so that a
 * `release` makes new ones count.
 * `threads`: 'auto' where neither the user nor a measurement decided yet. `minScore`: the score
 * under which there is no clear answer, null
 * for the model's own.
 * @typedef {{threads: 'auto' | number, releaseAfterMinutes: number, minScore: number | null}}
 *   EngineSettings
 */

/**
 * What an extension page asks the background, by `runtime.sendMessage` as `{kind, body}`; the
 * answer is a Reply. (A framed page of
 * Firefox has no more of the extension's functions than messaging.)
 * @typedef {object} Calls
 * @property {(body: {}) => {}} wake  Makes sure that the host runs.
 * @property {(body: {}) => EngineSettings} engine_settings
 * @property {(body: {origins: string[]}) => {allowed: boolean}} may_fetch  Whether the user allowed
 *   these servers.
 * @property {(body: {}) => {version: string | null}} look_for_update  Fetches a newer model if its
 *   server has one; null if not.
 * @property {(body: {threads: number}) => {}} keep_threads  The fastest number, as it was measured,
 *   or 1 where more failed.
 * @property {(body: {id: string, claimant: string}) => CardRequest} claim_request
 *   What a card was opened for. `claimant`, which the card made, may ask again; no other card may.
 * @property {(body: {id: string, claimant: string}) => {}} forget_request  The card has it.
 * @property {(body: CardHostRequest) => {}} card_host
 *   Hands a request on to the page script of the asking card's tab.
 * @property {(body: {tabId: number}) => {}} view_page  Begins the view of a whole page.
 * @property {(body: import('./page-view.js').SidePanelPayload) => {}} side_panel
 *   Shows a result in the side panel; asked in the handler of a click.
 * @typedef {{ok: true, value: unknown} | {ok: false, code: FailureCode, message: string}} Reply
 * @typedef {{[K in keyof Calls]: (body: Parameters<Calls[K]>[0], sender:
 *   chrome.runtime.MessageSender) => Promise<ReturnType<Calls[K]>>}} Handlers
 */

/**
 * What our scripts inside web pages report to the background, by `runtime.sendMessage` as `{kind,
 * body}`, until they are answered.
 * `card_placed`: answered once nothing is left to be done for the card. `view_placed`: whether the
 * panel of a page view is there.
 * @typedef {{id: string, corner: boolean, found: Opened | null}} PlacedCard  `corner`: as it was
 *   started; `found` is null where the script failed.
 * @typedef {{placed: boolean}} PlacedView
 * @typedef {object} PageCalls
 * @property {(body: PlacedCard) => {}} card_placed
 * @property {(body: PlacedView) => {}} view_placed
 * @typedef {{[K in keyof PageCalls]: (body: Parameters<PageCalls[K]>[0], sender:
 *   chrome.runtime.MessageSender) => Promise<{}>}} PageHandlers
 */

/**
 * What a card is to show, and where it is.
 * `where`: beside the selection; docked at a corner of the top page; in a window of its own.
 * `notes`: what the user should know of
 * that, each with words under `note_<note>`. `keyboard`: opened by the shortcut, so it takes the
 * focus. `language` (BCP 47) and
 * `direction` are those of the selected text, where the page says so. `places`: whether `highlight`
 * can show where the text is.
 * @typedef {object} CardRequest
 * @property {string} text  May be empty: then there was none that could be read.
 * @property {'page' | 'docked' | 'window'} where
 * @property {Note[]} notes
 * @property {boolean} keyboard
 * @property {string | null} language
 * @property {'ltr' | 'rtl' | null} direction
 * @property {boolean} places
 */

/**
 * `frame`: the text is in a frame of another site. `cut`: the browser may have handed over only
 * the beginning of the text. `too_long`: only its first part was read.
 * `use_menu`: the shortcut could not read here, the menu's entry can. `no_frame`: the page was
 * read, but no frame
 * comes up on it. The others say on what kind of page no script of ours may run.
 * @typedef {'frame' | 'cut' | 'too_long' | 'use_menu' | 'no_frame' | 'browser_page' | 'store' |
 *   'pdf' | 'extension_page' | 'local_file' | 'refused'} Note
 */

/**
 * To the page script that placed a card, by `tabs.sendMessage`; `id` is the card's.
 * `resize`: the height that the card's content wants, in CSS pixels. `grab` begins to drag the
 * card; `move` gives the way since then, in CSS pixels.
 * `highlight`: lights up the text from `start` to `end` (UTF-16 offsets in the text of the
 * CardRequest) in `colour` (`#rrggbb`), in place
 * of what was lit; `reveal` scrolls it into view; `start` equal to `end` puts the light out.
 * `replaced` ends every other card of the tab that was not asked for later.
 * `theme` comes where it was not known yet as the card was placed.
 * `dismiss` is answered with true where a card stood, `is_blank` where the user sees none of it,
 * `stands` where the page script knows of the card, or of the view of id "view".
 * @typedef {{kind: 'resize', id: string, height: number}
 *   | {kind: 'grab', id: string} | {kind: 'move', id: string, x: number, y: number}
 *   | {kind: 'highlight', id: string, start: number, end: number, colour: string, reveal: boolean}
 *   | {kind: 'dismiss' | 'is_blank' | 'stands', id: string}
 *   | {kind: 'theme', id: string, theme: Settings['theme']}
 *   | {kind: 'replaced', id: string, order: number}} CardHostRequest
 */

/**
 * What the page script is started with, and what it found, which it reports. `corner`:
 * leave the text, which is elsewhere. `order`: greater for a card that was asked for later.
 * `theme`: the setting, for what is seen until the card's page is there. `placed`: whether the card
 * is on the page; `docked`: in its corner. `closed`: where the page's script could not look, though
 * the selection may be there. `secret`: the selection is a password's, and was not read.
 * @typedef {{id: string, order: number, corner: boolean, keyboard: boolean,
 *   theme: Settings['theme']}} CardHostStart
 * @typedef {{text: string, placed: boolean, docked: boolean, closed: 'frame' | 'pdf' | null,
 *   secret: boolean, language: string | null,
 *   direction: 'ltr' | 'rtl', places: boolean}} Opened
 */
