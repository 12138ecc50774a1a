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
 * @typedef {(texts: string[], options: {onProgress: (progress: {phase: 'loading' | 'classifying',
 *   done: number, total: number}) => void,
 *   onPartial: (partial: {segments: Segment[]}) => void, signal: AbortSignal}) =>
 *   Promise<{segments: Segment[]}>} Classify  The result holds
 *   all segments, those that came before too.
 */

const PAINT_INTERVAL_MS = 40 // one message to the page for all that comes within

/**
 * @param {object} parts
 * @param {PageLink} parts.link
 * @param {Classify} parts.classify  Sentence by sentence.
 * @param {string[]} parts.labels  Ids, in the order of the model.
 * @param {Tint[]} parts.tints  One a label.
 * @param {boolean} parts.follow
 * @param {() => void} parts.changed  Called after every change of the state.
 */
export function createJob({link, classify, labels, tints, follow, changed}) {
  /** @type {JobState} */
  const state = {
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
  /** @type {string[]} */ const blocks = []
  // places, as a run that begins again tells them again
  /** @type {Set<string>} */ const seen = new Set()
  /** @type {Mark[]} */ let unpainted = []
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer
  /** @type {AbortController | null} */ let run = null
  let next = 0 // the first block that was not read to its end
  let found = false

  link.receive(take)
  link.ended(() => {
    run?.abort()
    run = null
    enter('gone')
  })
  link.send({kind: 'tint', tints})
  link.send({kind: 'read', follow})

  /** @param {PageReport} report */
  function take(report) {
    if (report.kind === 'blocks') {
      blocks.push(...report.texts)
      found ||= report.last
      if (!blocks.length && found) enter('empty')
      else if (state.phase !== 'stopped' && state.phase !== 'failed') void read()
    } else if (report.kind === 'at') {
      state.current = report.mark
      changed()
    } else {
      state.moved = true
      changed()
    }
  }

  async function read() {
    if (run || next >= blocks.length) return
    const own = new AbortController()
    run = own
    const [first, texts] = [next, blocks.slice(next)]
    const before = state.sentences.length
    if (state.phase !== 'done') enter('loading')
    try {
      const result = await classify(texts, {
        signal: own.signal,
        onProgress({phase, done, total}) {
          const loading = phase === 'loading'
          state.phase = loading ? 'loading' : 'reading'
          state.done = loading ? done : before + done
          state.total = loading ? total : before + total
          changed()
        },
        onPartial({segments}) {
          for (const segment of segments) add(segment, first)
          state.phase = 'reading'
          changed()
        },
      })
      if (own.signal.aborted) return
      for (const segment of result.segments) add(segment, first)
      next = first + texts.length
      run = null
      if (next < blocks.length) return void read()
      state.done = state.total = state.sentences.length
      enter('done')
    } catch (error) {
      if (own.signal.aborted) return
      run = null
      state.failure = asFailure(error, 'run_failed')
      enter('failed')
    }
  }

  /**
   * @param {Segment} segment
   * @param {number} first  The block that the segment counts its texts from.
   */
  function add({text, start, end, prediction}, first) {
    const block = first + text
    const place = `${block}:${start}`
    if (seen.has(place)) return
    seen.add(place)
    next = Math.max(next, block) // going on after a stop begins with the block that was being read
    const sentence = blocks[block]?.slice(start, end) ?? ''
    const number = state.sentences.push({text: sentence, block, start, end, prediction}) - 1
    const group = prediction.label === null ? -1 : labels.indexOf(prediction.label)
    if (group < 0) return // nothing clear, nothing to paint
    unpainted.push({mark: number, block, start, end, group})
    timer ??= setTimeout(paint, PAINT_INTERVAL_MS)
  }

  function paint() {
    timer = undefined
    link.send({kind: 'paint', marks: unpainted})
    unpainted = []
  }

  /** @param {Phase} phase */
  function enter(phase) {
    if (state.phase === 'gone') return
    state.phase = phase
    changed()
  }

  return {
    state: /** @type {Readonly<JobState>} */ (state),

    /** Leave what was not read yet unread. */
    stop() {
      run?.abort()
      run = null
      enter('stopped')
    },

    /** After a stop or a failure. */
    goOn() {
      state.failure = null
      enter('loading')
      if (next >= blocks.length) enter(found ? 'done' : 'finding')
      void read()
    },

    /**
     * @param {string} label  Shown alone if all are shown now; else shown or not, and all again if
     *   none is left.
     */
    toggle(label) {
      const shown = new Set(state.shown ?? [])
      if (!shown.delete(label)) shown.add(label)
      this.show(shown.size ? shown : null)
    },

    /** @param {Set<string> | null} shown */
    show(shown) {
      state.shown = shown
      link.send({kind: 'filter', groups: shown && [...shown].map((label) => labels.indexOf(label))})
      changed()
    },

    /** @param {1 | -1} direction */
    walk(direction) {
      link.send({kind: 'walk', direction})
    },

    /** @param {number} sentence */
    goTo(sentence) {
      link.send({kind: 'go', mark: sentence})
    },

    /** @param {boolean} on */
    follow(on) {
      state.follow = on
      link.send({kind: 'follow', follow: on})
      changed()
    },

    /** @param {Tint[]} given  One a label. */
    tint(given) {
      link.send({kind: 'tint', tints: given})
    },

    /** Take everything off the page. */
    remove() {
      run?.abort()
      run = null
      clearTimeout(timer)
      link.send({kind: 'remove'})
      enter('gone')
    },
  }
}
