// What the engine has to do, in pieces of one run of the model each: so that it can be told of, cancelled and overtaken between two.

import {weightedMean} from './session.js'
import {segments, whole} from './segments.js'

/**
 * @typedef {import('../shared/messages.js').Segment} Segment
 * @typedef {import('../shared/messages.js').Verdict} Verdict
 * @typedef {import('../shared/messages.js').Detail} Detail
 * @typedef {import('./session.js').Classifier} Classifier
 * @typedef {{text: number, start: number, end: number, content: string}} Place
 * @typedef {{scores: number[], tokens: number}} Scored
 */

/**
 * One request's texts, cut into segments and classified in order.
 *
 * The verdict on all of them is made from the mean of the segments' probabilities, each weighted by its tokens: a long sentence says more of
 * a text than a short one. What the model holds for none of its labels is part of that mean: where most of a text is without emotion, the
 * text is.
 */
export class Job {
  /**
   * @param {{texts: string[], detail: Detail}} request
   * @param {Pick<Classifier, 'prepare' | 'score'>} classifier
   * @param {(scores: number[]) => Verdict} verdict
   */
  constructor({texts, detail}, classifier, verdict) {
    this.classifier = classifier
    this.verdict = verdict
    const cut = detail === 'segments' ? segments : whole
    /** @type {Place[]} */
    this.places = texts.flatMap((content, text) => cut(content).map(({start, end, text: content}) => ({text, start, end, content})))
    /** @type {Map<string, Scored>} */ this.known = new Map() // a sentence that comes again is not classified again
    /** @type {Scored[]} */ this.scored = []
    /** @type {Segment[]} */ this.segments = []
    /** @type {{tokens: number, windows: import('./windows.js').Window[], parts: {scores: number[], weight: number}[]} | null} */
    this.open = null
    this.ms = {tokenize: 0, infer: 0}
  }

  get total() {
    return this.places.length
  }

  /** Segments that are classified; a fraction while one is that takes several runs. */
  get done() {
    return this.segments.length + (this.open ? this.open.parts.length / this.open.windows.length : 0)
  }

  get finished() {
    return this.segments.length === this.places.length
  }

  /** One run of the model, or none where the sentence is known. */
  async step() {
    const place = this.places[this.segments.length]
    let scored = this.known.get(place.content)
    if (!scored) {
      scored = await this.#run(place.content)
      if (!scored) return
      this.known.set(place.content, scored)
    }
    const {text, start, end} = place
    this.scored.push(scored)
    this.segments.push({text, start, end, tokens: scored.tokens, verdict: this.verdict(scored.scores)})
  }

  /** @param {string} content @returns {Promise<Scored | undefined>} Undefined as long as windows of the text are left. */
  async #run(content) {
    const begin = performance.now()
    const open = this.open ??= {...this.classifier.prepare(content), parts: []}
    const prepared = performance.now()
    const window = open.windows[open.parts.length]
    open.parts.push({scores: await this.classifier.score(window), weight: window.own})
    this.ms.tokenize += prepared - begin
    this.ms.infer += performance.now() - prepared
    if (open.parts.length < open.windows.length) return undefined
    this.open = null
    return {scores: weightedMean(open.parts), tokens: open.tokens}
  }

  /** The verdict on all texts, once finished, and their tokens. @returns {{verdict: Verdict, tokens: number}} */
  overall() {
    const scores = weightedMean(this.scored.map(({scores, tokens}) => ({scores, weight: tokens})))
    return {verdict: this.verdict(scores), tokens: this.scored.reduce((sum, {tokens}) => sum + tokens, 0)}
  }
}
