// What the engine has to do, in steps of a few milliseconds or one run of the model: so that it can
// report, be cancelled and be overtaken between two.

import {weightedMean} from './session.js'
import {partEnd, segmentsStepwise, whole} from './segments.js'

/**
 * @typedef {import('../shared/messages.js').Segment} Segment
 * @typedef {import('../shared/messages.js').Prediction} Prediction
 * @typedef {import('../shared/messages.js').Detail} Detail
 * @typedef {import('./session.js').Classifier} Classifier
 * @typedef {import('./score-cache.js').Scored} Scored
 * @typedef {ReturnType<typeof import('./score-cache.js').createRecent>} Recent
 * @typedef {{text: number, start: number, end: number, content: string}} Place
 *
 * A text that is being classified, a part of it after the other: `from` to `to` is tokenized.
 * `ran`: how many of the part's windows the model has seen. `parts`: the scores of all windows so
 * far.
 * @typedef {import('./session.js').Prepared['windows']} Windows
 * @typedef {{place: Place, from: number, to: number, windows: Windows, ran: number, tokens: number,
 *   parts: {scores: number[], weight: number}[]}} Open
 */

const CUT_MS = 4 // of a step, for finding sentences: the model runs as long
const KNOWN_AT_ONCE = 250
const KNOWN_AT_MOST = 2 ** 15 // different sentences: all those of a long page

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
   * @param {Pick<Classifier, 'prepare' | 'score' | 'atOnce'>} classifier
   * @param {(scores: number[]) => Prediction} toPrediction
   * @param {Recent | null} recent  Null for texts that nothing may be kept of.
   */
  constructor({texts, detail}, classifier, toPrediction, recent) {
    this.classifier = classifier
    this.toPrediction = toPrediction
    this.recent = recent
    this.cutting = placesOf(texts, detail)
    /** Whether all segments are found. */ this.cut = false
    /** Those that are not begun. */ this.places = createLine()
    this.total = 0 // found so far
    this.concluded = 0
    // a sentence that comes again is not classified again
    /** @type {Map<string, Scored>} */ this.known = new Map()
    /** Those that were not taken. @type {Segment[]} */ this.segments = []
    /** @type {Open | null} */ this.open = null
    this.mean = createMean()
    this.ms = {tokenize: 0, infer: 0}
  }

  /** Segments that are classified; a fraction while the next one is that takes several runs. */
  get done() {
    if (!this.open) return this.concluded
    const {place, from, to, windows, ran} = this.open
    const length = place.content.length || 1
    return this.concluded + (from + ((to - from) * ran) / windows.length) / length
  }

  get finished() {
    return this.cut && this.concluded === this.total
  }

  /** The segments since the last call, in order. */
  take() {
    return this.segments.splice(0)
  }

  /** A few milliseconds of looking for sentences, and one run of the model if one is needed. */
  async step() {
    this.#find()
    this.open ??= this.#next()
    if (!this.open) return
    const {open} = this
    if (open.ran === open.windows.length) this.#prepare(open)
    const window = open.windows[open.ran]
    if (!window) throw new Error('A text has no window')
    const begin = performance.now()
    const scores = await this.classifier.score(window)
    open.parts.push({scores, weight: window.own})
    open.ran++
    this.ms.infer += performance.now() - begin
    const {place, tokens} = open
    if (open.ran < open.windows.length || open.to < place.content.length) return
    this.open = null
    const scored = {scores: weightedMean(open.parts), tokens}
    this.recent?.set(place.content, scored)
    this.#conclude(place, scored)
  }

  #find() {
    const until = performance.now() + CUT_MS
    while (!this.cut && performance.now() < until) {
      const {value, done} = this.cutting.next()
      this.cut = done === true
      if (!value) continue
      this.places.add(value)
      this.total++
    }
  }

  /**
   * The next text that is not known; those before it are done with, if they are not too many.
   * @returns {Open | null}
   */
  #next() {
    for (let count = 0; count < KNOWN_AT_ONCE; count++) {
      const place = this.places.first()
      if (!place) break
      this.places.remove()
      const scored = this.known.get(place.content) ?? this.recent?.get(place.content)
      if (!scored) return {place, from: 0, to: 0, windows: [], ran: 0, tokens: 0, parts: []}
      this.#conclude(place, scored)
    }
    return null
  }

  /** Tokenize the next part. @param {Open} open */
  #prepare(open) {
    const {content} = open.place
    const begin = performance.now()
    open.from = open.to
    open.to = partEnd(content, open.from, this.classifier.atOnce)
    const {windows, tokens} = this.classifier.prepare(content.slice(open.from, open.to))
    open.windows = windows
    open.ran = 0
    open.tokens += tokens
    this.ms.tokenize += performance.now() - begin
  }

  /** @param {Place} place @param {Scored} scored */
  #conclude({text, start, end, content}, scored) {
    for (const oldest of this.known.keys()) {
      if (this.known.size < KNOWN_AT_MOST) break
      this.known.delete(oldest)
    }
    this.known.set(content, scored)
    const {scores, tokens} = scored
    this.mean.add(scores, tokens)
    this.concluded++
    this.segments.push({text, start, end, tokens, prediction: this.toPrediction(scores)})
  }

  /**
   * The prediction on all texts, once finished, and their tokens.
   * @returns {{prediction: Prediction, tokens: number}}
   */
  overall() {
    const {scores, tokens} = this.mean.result()
    return {prediction: this.toPrediction(scores), tokens}
  }
}

/** @param {string[]} texts @param {Detail} detail @returns {Generator<Place | null>} */
function* placesOf(texts, detail) {
  const cut = detail === 'segments' ? segmentsStepwise : whole
  for (const [text, content] of texts.entries())
    for (const span of cut(content))
      yield span && {text, start: span.start, end: span.end, content: span.text}
}

/** First in, first out; what has left is freed now and then. */
function createLine() {
  /** @type {Place[]} */ let waiting = []
  let at = 0
  return {
    /** @param {Place} place */
    add(place) {
      waiting.push(place)
    },
    /** @returns {Place | undefined} */
    first() {
      return waiting[at]
    },
    remove() {
      at++
      if (at < 1024 || at < waiting.length / 2) return
      waiting = waiting.slice(at)
      at = 0
    },
  }
}

/**
 * The mean of segments' scores, weighted by their tokens, without keeping them; where none has a
 * token, they count alike.
 */
function createMean() {
  /** @type {number[]} */ let weighted = []
  /** @type {number[]} */ let plain = []
  let [count, tokens] = [0, 0]
  /** @param {number[]} sums @param {number[]} scores @param {number} weight */
  const sum = (sums, scores, weight) => scores.map((score, i) => (sums[i] ?? 0) + weight * score)
  return {
    /** @param {number[]} scores @param {number} weight */
    add(scores, weight) {
      weighted = sum(weighted, scores, weight)
      plain = sum(plain, scores, 1)
      count++
      tokens += weight
    },
    result() {
      // of one alone exactly what it has
      if (count === 1) return {scores: plain, tokens}
      return {scores: (tokens ? weighted : plain).map((s) => s / (tokens || count)), tokens}
    },
  }
}
