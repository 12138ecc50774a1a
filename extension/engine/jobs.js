// What the engine has to do, in pieces of one run of the model each: so that it can be told of,
// cancelled and overtaken between two.

import {weightedMean} from './session.js'
import {segments, whole} from './segments.js'

/**
 * @typedef {import('../shared/messages.js').Segment} Segment
 * @typedef {import('../shared/messages.js').Prediction} Prediction
 * @typedef {import('../shared/messages.js').Detail} Detail
 * @typedef {import('./session.js').Classifier} Classifier
 * @typedef {import('./score-cache.js').Scored} Scored
 * @typedef {ReturnType<typeof import('./score-cache.js').createRecent>} Recent
 * @typedef {{text: number, start: number, end: number, content: string}} Place
 *
 * A text that is being classified. `parts`: the scores of its windows so far.
 * @typedef {import('./session.js').Prepared & {place: Place,
 *   parts: {scores: number[], weight: number}[]}} Open
 */

/**
 * One request's texts, cut into segments and classified in order.
 *
 * The prediction on all of them is made from the mean of the segments' probabilities, each weighted
 * by its tokens: a long sentence says more of a text than a short one. What the model holds for
 * none of its labels is part of that mean: where most of a text is without emotion, the text is.
 */
export class Job {
  /**
   * @param {{texts: string[], detail: Detail}} request
   * @param {Pick<Classifier, 'prepare' | 'score'>} classifier
   * @param {(scores: number[]) => Prediction} toPrediction
   * @param {Recent | null} recent  Null for texts that nothing may be kept of.
   */
  constructor({texts, detail}, classifier, toPrediction, recent) {
    this.classifier = classifier
    this.toPrediction = toPrediction
    this.recent = recent
    const cut = detail === 'segments' ? segments : whole
    /** @type {Place[]} */
    this.places = texts.flatMap((content, text) =>
      cut(content).map(({start, end, text: content}) => ({text, start, end, content})),
    )
    // a sentence that comes again is not classified again
    /** @type {Map<string, Scored>} */ this.known = new Map()
    /** @type {Segment[]} */ this.segments = []
    /** @type {Open | null} */ this.open = null
    this.ms = {tokenize: 0, infer: 0}
  }

  get total() {
    return this.places.length
  }

  /** Segments that are classified; a fraction while the next one is that takes several runs. */
  get done() {
    return (
      this.segments.length + (this.open ? this.open.parts.length / this.open.windows.length : 0)
    )
  }

  get finished() {
    return this.segments.length === this.places.length
  }

  /** One run of the model; none where all that is left is known. */
  async step() {
    this.open ??= this.#next()
    if (!this.open) return
    const {place, windows, parts, tokens} = this.open
    const window = windows[parts.length]
    if (window) {
      const begin = performance.now()
      parts.push({scores: await this.classifier.score(window), weight: window.own})
      this.ms.infer += performance.now() - begin
    }
    if (parts.length < windows.length) return
    this.open = null
    const scored = {scores: weightedMean(parts), tokens}
    this.recent?.set(place.content, scored)
    this.#conclude(place, scored)
  }

  /**
   * The next text that is not known, once all before it are done with.
   * @returns {Open | null} Null if no such text is left.
   */
  #next() {
    for (;;) {
      const place = this.places[this.segments.length]
      if (!place) return null
      const scored = this.known.get(place.content) ?? this.recent?.get(place.content)
      if (!scored) return this.#prepare(place)
      this.#conclude(place, scored)
    }
  }

  /** @param {Place} place @returns {Open} */
  #prepare(place) {
    const begin = performance.now()
    const prepared = this.classifier.prepare(place.content)
    this.ms.tokenize += performance.now() - begin
    return {...prepared, place, parts: []}
  }

  /** @param {Place} place  Of the segment that comes next. @param {Scored} scored */
  #conclude({text, start, end, content}, scored) {
    this.known.set(content, scored)
    this.segments.push({
      text,
      start,
      end,
      tokens: scored.tokens,
      prediction: this.toPrediction(scored.scores),
    })
  }

  /**
   * The prediction on all texts, once finished, and their tokens.
   * @returns {{prediction: Prediction, tokens: number}}
   */
  overall() {
    const scored = this.places.map(({content}) => /** @type {Scored} */ (this.known.get(content)))
    const scores = weightedMean(scored.map(({scores, tokens}) => ({scores, weight: tokens})))
    return {
      prediction: this.toPrediction(scores),
      tokens: scored.reduce((sum, {tokens}) => sum + tokens, 0),
    }
  }
}
