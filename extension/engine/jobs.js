// What the engine has to do, in pieces of one run of the model each: so that it can be shared out, told of, cancelled and overtaken between two.

import {weightedMean} from './session.js'
import {segments, whole} from './segments.js'

/**
 * @typedef {import('../shared/messages.js').Segment} Segment
 * @typedef {import('../shared/messages.js').Verdict} Verdict
 * @typedef {import('../shared/messages.js').Detail} Detail
 * @typedef {import('./session.js').Classifier} Classifier
 * @typedef {ReturnType<typeof import('./recent.js').createRecent>} Recent
 * @typedef {import('./windows.js').Window} Window
 * @typedef {{text: number, start: number, end: number, content: string}} Place
 *
 * A text to classify, wherever and however often it stands. `parts`: the scores of its windows so far.
 * @typedef {{text: string, tokens: number, windows: Window[], parts: (number[] | undefined)[], open: number, scores: number[] | null}} Content
 *
 * One run of the model: on one window of a text.
 * @typedef {{content: Content, index: number, window: Window}} Run
 */

/**
 * One request's texts, cut into segments. Their runs are given out in order by `take`; `put` brings back the scores, in any order.
 *
 * The verdict on all of them is made from the mean of the segments' probabilities, each weighted by its tokens: a long sentence says more of
 * a text than a short one. What the model holds for none of its labels is part of that mean: where most of a text is without emotion, the
 * text is.
 */
export class Job {
  /**
   * @param {{texts: string[], detail: Detail}} request
   * @param {Classifier['prepare']} prepare
   * @param {(scores: number[]) => Verdict} verdict
   * @param {Recent | null} recent  Null for texts that nothing may be kept of.
   */
  constructor({texts, detail}, prepare, verdict, recent) {
    this.prepare = prepare
    this.verdict = verdict
    this.recent = recent
    const cut = detail === 'segments' ? segments : whole
    /** @type {Place[]} */
    this.places = texts.flatMap((content, text) => cut(content).map(({start, end, text: content}) => ({text, start, end, content})))
    /** @type {Map<string, Content>} */ this.contents = new Map() // a sentence that comes again is not classified again
    /** @type {Run[]} */ this.free = []
    this.prepared = 0 // places
    /** @type {Segment[]} */ this.segments = []
    this.tokens = 0 // that were classified
    this.ms = {tokenize: 0, infer: 0}
  }

  get total() {
    return this.places.length
  }

  /** Segments that are classified; a fraction while the next one is that takes several runs. */
  get done() {
    const content = this.finished ? undefined : this.contents.get(this.places[this.segments.length].content)
    return this.segments.length + (content?.windows.length ? 1 - content.open / content.windows.length : 0)
  }

  get finished() {
    return this.segments.length === this.places.length
  }

  /** The next run that nobody has taken yet. @returns {Run | null} Null if there is none, though others may not have come back yet. */
  take() {
    while (!this.free.length && this.prepared < this.places.length) this.#prepare(this.places[this.prepared++].content)
    this.#advance() // over what needs no run
    return this.free.shift() ?? null
  }

  /** @param {string} text */
  #prepare(text) {
    if (this.contents.has(text)) return
    const known = this.recent?.get(text)
    if (known) {
      this.contents.set(text, {text, ...known, windows: [], parts: [], open: 0})
      return
    }
    const begin = performance.now()
    const {windows, tokens} = this.prepare(text)
    this.ms.tokenize += performance.now() - begin
    const content = {text, tokens, windows, parts: windows.map(() => undefined), open: windows.length, scores: null}
    this.contents.set(text, content)
    this.free.push(...windows.map((window, index) => ({content, index, window})))
  }

  /** @param {Run} run @param {number[]} scores @param {number} ms  That the model took. */
  put({content, index, window}, scores, ms) {
    this.ms.infer += ms
    this.tokens += window.own
    content.parts[index] = scores
    if (--content.open) return
    content.scores = weightedMean(content.windows.map(({own}, index) => ({scores: /** @type {number[]} */ (content.parts[index]), weight: own})))
    this.recent?.set(content.text, {scores: content.scores, tokens: content.tokens})
    this.#advance()
  }

  /** For a run whose scores will not come. @param {Run} run */
  giveBack(run) {
    this.free.unshift(run)
  }

  #advance() {
    for (let next = this.#nextSegment(); next; next = this.#nextSegment()) this.segments.push(next)
  }

  /** @returns {Segment | null} Null as long as it is not classified. */
  #nextSegment() {
    if (this.finished) return null
    const {text, start, end, content} = this.places[this.segments.length]
    const {scores, tokens} = this.contents.get(content) ?? {scores: null, tokens: 0}
    return scores && {text, start, end, tokens, verdict: this.verdict(scores)}
  }

  /** The verdict on all texts, once finished, and their tokens. @returns {{verdict: Verdict, tokens: number}} */
  overall() {
    const scored = this.places.map(({content}) => /** @type {Content & {scores: number[]}} */ (this.contents.get(content)))
    const scores = weightedMean(scored.map(({scores, tokens}) => ({scores, weight: tokens})))
    return {verdict: this.verdict(scores), tokens: scored.reduce((sum, {tokens}) => sum + tokens, 0)}
  }
}
