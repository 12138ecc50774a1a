// One view of a page, from its text to its painted sentences: asks the page for blocks and the
// engine for predictions, and tells the page what to paint. No document and no `chrome` here: those
// who own a job draw it.

import {asFailure} from '../../../shared/failures.js'

/**
 * @typedef {import('../../../shared/messages.js').Segment} Segment
 * @typedef {import('../../../shared/messages.js').Prediction} Prediction
 * @typedef {import('../../../shared/page-view.js').Mark} Mark
 * @typedef {import('../../../shared/page-view.js').PageLink} PageLink
 * @typedef {import('../../../shared/page-view.js').PageReport} PageReport
 * @typedef {import('../../../shared/page-view.js').Tint} Tint
 */

/**
 * `block`, `start` and `end` are the sentence's place: UTF-16 offsets in the text of a block of the
 * page.
 * @typedef {{text: string, block: number, start: number, end: number, prediction: Prediction}}
 *   Sentence
 *
 * `finding`: the page is looked through; `loading`: the model is; `empty`: there is nothing to
 * read; `gone`: the page is.
 * @typedef {'finding' | 'loading' | 'reading' | 'done' | 'empty' | 'stopped' | 'failed' | 'gone'}
 *   Phase
 *
 * @typedef {object} JobState
 * @property {Phase} phase
 * @property {number} done  Sentences of `total`; while loading, bytes.
 * @property {number} total
 * @property {Sentence[]} sentences  In the order in which they were read: that of the page, save
 *   for what it added later.
 * @property {Set<string> | null} shown  The labels that are shown; null: all.
 * @property {number | null} current  The sentence that the user was taken to.
 * @property {boolean} follow
 * @property {boolean} moved  Whether the page has another address now.
 * @property {import('../../../shared/failures.js').Failure | null} failure
 *
 * @typedef {Pick<import('../../../shared/messages.js').Progress, 'phase' | 'done' | 'total'>} Told
 * @typedef {(texts: string[], options: {onProgress: (progress: Told) => void,
 *   onPartial: (partial: {segments: Segment[]}) => void, signal: AbortSignal}) =>
 *   Promise<{segments: Segment[]}>} Classify  The result holds
 *   all segments, those that came before too.
 */

const PAINT_INTERVAL_MS = 40 // one message to the page for all that comes within

/**
 * @typedef {object} JobParts
 * @property {PageLink} link
 * @property {Classify} classify  Sentence by sentence.
 * @property {string[]} labels  Ids, in the order of the model.
 * @property {Tint[]} tints  One a label.
 * @property {boolean} follow
 * @property {() => void} changed  Called after every change of the state.
 */

/** @param {JobParts} parts */
export function createJob(parts) {
  return new Job(parts)
}

class Job {
  /** @type {JobState} */ #state
  /** @type {string[]} */ #blocks = []
  // places, as a run that begins again tells them again
  /** @type {Set<string>} */ #seen = new Set()
  /** @type {Mark[]} */ #unpainted = []
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer
  /** @type {AbortController | null} */ #run = null
  #next = 0 // the first block that was not read to its end
  #found = false
  #link
  #classify
  #labels
  #changed

  /** @param {JobParts} parts */
  constructor({link, classify, labels, tints, follow, changed}) {
    this.#link = link
    this.#classify = classify
    this.#labels = labels
    this.#changed = changed
    this.#state = {
      phase: 'finding',
      done: 0,
      total: 0,
      sentences: [],
      shown: null,
      current: null,
      follow,
      moved: false,
      failure: null,
    }
    link.receive((report) => this.#receive(report))
    link.ended(() => this.#leave('gone'))
    link.send({kind: 'tint', tints})
    link.send({kind: 'read', follow})
  }

  get state() {
    return /** @type {Readonly<JobState>} */ (this.#state)
  }

  /** @param {PageReport} report */
  #receive(report) {
    if (report.kind === 'blocks') {
      this.#blocks.push(...report.texts)
      this.#found ||= report.last
      if (!this.#blocks.length && this.#found) this.#enter('empty')
      else if (this.#state.phase !== 'stopped' && this.#state.phase !== 'failed') void this.#read()
    } else {
      if (report.kind === 'at') this.#state.current = report.mark
      else this.#state.moved = true
      this.#changed()
    }
  }

  async #read() {
    if (this.#run || this.#next >= this.#blocks.length) return
    const {signal} = (this.#run = new AbortController())
    const [first, texts] = [this.#next, this.#blocks.slice(this.#next)]
    if (this.#state.phase !== 'done') this.#enter('loading')
    try {
      const {segments} = await this.#classify(texts, {
        signal,
        onProgress: this.#progress(this.#state.sentences.length),
        onPartial: (partial) => {
          for (const segment of partial.segments) this.#add(segment, first)
          this.#state.phase = 'reading'
          this.#changed()
        },
      })
      if (signal.aborted) return
      for (const segment of segments) this.#add(segment, first)
      this.#next = first + texts.length
      this.#run = null
      if (this.#next < this.#blocks.length) return void this.#read()
      this.#state.done = this.#state.total = this.#state.sentences.length
      this.#enter('done')
    } catch (error) {
      if (signal.aborted) return
      this.#run = null
      this.#state.failure = asFailure(error, 'run_failed')
      this.#enter('failed')
    }
  }

  /**
   * @param {number} before  Sentences of earlier runs.
   * @returns {(progress: Told) => void}
   */
  #progress(before) {
    return ({phase, done, total}) => {
      const isLoading = phase !== 'classifying'
      this.#state.phase = isLoading ? 'loading' : 'reading'
      this.#state.done = isLoading ? done : before + done
      this.#state.total = isLoading ? total : before + total
      this.#changed()
    }
  }

  /**
   * @param {Segment} segment
   * @param {number} first  The block that the segment counts its texts from.
   */
  #add({text, start, end, prediction}, first) {
    const block = first + text
    const place = `${block}:${start}`
    if (this.#seen.has(place)) return
    this.#seen.add(place)
    // going on after a stop begins with the block that was being read
    this.#next = Math.max(this.#next, block)
    const sentence = this.#blocks[block]?.slice(start, end) ?? ''
    const number = this.#state.sentences.push({text: sentence, block, start, end, prediction}) - 1
    const group = prediction.label === null ? -1 : this.#labels.indexOf(prediction.label)
    if (group < 0) return // nothing clear, nothing to paint
    this.#unpainted.push({mark: number, block, start, end, group})
    this.#timer ??= setTimeout(() => this.#paint(), PAINT_INTERVAL_MS)
  }

  #paint() {
    this.#timer = undefined
    this.#link.send({kind: 'paint', marks: this.#unpainted})
    this.#unpainted = []
  }

  /** @param {Phase} phase */
  #enter(phase) {
    if (this.#state.phase === 'gone') return
    this.#state.phase = phase
    this.#changed()
  }

  /** Stop reading. @param {Phase} phase  What follows. */
  #leave(phase) {
    this.#run?.abort()
    this.#run = null
    this.#enter(phase)
  }

  /** Leave what was not read yet unread. */
  stop() {
    this.#leave('stopped')
  }

  /** After a stop or a failure. */
  goOn() {
    this.#state.failure = null
    this.#enter('loading')
    if (this.#next >= this.#blocks.length) this.#enter(this.#found ? 'done' : 'finding')
    void this.#read()
  }

  /**
   * @param {string} label  Shown alone if all are shown now; else shown or not, and all again if
   *   none is left.
   */
  toggle(label) {
    const shown = new Set(this.#state.shown ?? [])
    if (!shown.delete(label)) shown.add(label)
    this.show(shown.size ? shown : null)
  }

  /** @param {Set<string> | null} shown */
  show(shown) {
    this.#state.shown = shown
    const groups = shown && [...shown].map((label) => this.#labels.indexOf(label))
    this.#link.send({kind: 'filter', groups})
    this.#changed()
  }

  /** @param {1 | -1} direction */
  walk(direction) {
    this.#link.send({kind: 'walk', direction})
  }

  /** @param {number} sentence */
  goTo(sentence) {
    this.#link.send({kind: 'go', mark: sentence})
  }

  /** @param {boolean} on */
  follow(on) {
    this.#state.follow = on
    this.#link.send({kind: 'follow', follow: on})
    this.#changed()
  }

  /** @param {Tint[]} given  One a label. */
  tint(given) {
    this.#link.send({kind: 'tint', tints: given})
  }

  /** Take everything off the page. */
  remove() {
    clearTimeout(this.#timer)
    this.#link.send({kind: 'remove'})
    this.#leave('gone')
  }
}
