// A host with workers at the other end of real channels, and time that a test lets go by.
import assert from 'node:assert/strict'
import {createHash} from 'node:crypto'
import {Host} from '../../../extension/host/host.js'

/** @typedef {import('../../../extension/shared/messages.js').EngineAnswer} EngineAnswer */

const PREDICTION = {label: 'a', labels: ['a'], scores: [{label: 'a', score: 1}]}
export const SEGMENT = {text: 0, start: 0, end: 4, tokens: 1, prediction: PREDICTION}
export const DONE = {
  kind: 'done',
  prediction: PREDICTION,
  from: 0,
  segments: [SEGMENT],
  tokens: 1,
  ms: {queue: 0, tokenize: 1, infer: 2},
}
const STARTUP = {spawn: {from: 0, to: 1}}

/** What the host waits for, in milliseconds; its own constants are private. */
export const QUIET_MS = 3000
export const LINGER_MS = 1000
export const STALLED_MS = 60_000
export const MINUTE_MS = 60_000
const STEP_MS = 1000

/**
 * From now on time goes by only where the test says so.
 * @param {import('node:test').TestContext} context
 */
export function stopClock(context) {
  context.mock.timers.enable({apis: ['setTimeout', 'setInterval']})
  return {
    /** @param {number} ms */
    async pass(ms) {
      await messages()
      // In steps, as a timer that is set in between counts from the end of the step.
      for (let left = ms; left > 0; left -= STEP_MS)
        context.mock.timers.tick(Math.min(left, STEP_MS))
      await messages()
    },
  }
}

/** Until every message that is on its way between threads has come. */
export async function messages() {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** @param {() => unknown} condition */
export async function until(condition) {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

/**
 * A worker that starts as it is told to and answers when asked to, but not to ids with “slow”.
 * @param {{starts?: boolean | null, trapped?: boolean, infer?: number,
 *   code?: 'damaged' | 'wrong_numbers'}} [options]  Null: it does
 *   not come to an end of it. `trapped`: it
 *   fails as a runtime does that lacks a function, also to the id “rare”. `infer`: what a run takes
 *   by its own account.
 */
export function worker({starts = true, trapped = false, infer = 2, code} = {}) {
  const {port1, port2} = new MessageChannel()
  /** @type {any[]} */ const seen = []
  /** @type {any[]} */ const waiting = []
  let started = false
  port2.onmessage = ({data}) => {
    seen.push(data)
    waiting.push(data)
    if (data.kind === 'start') {
      port2.postMessage({kind: 'loading', phase: 'loading', done: 5, total: 10})
      if (starts === null) return
      port2.postMessage(
        starts
          ? {kind: 'ready', threads: data.threads, startup: STARTUP}
          : {kind: 'broken', message: 'no memory', trapped, ...(code ? {code} : {})},
      )
      started = starts
    }
    if (started) waiting.splice(0).forEach(work)
  }
  const work = (/** @type {any} */ {kind, id}) => {
    if (kind === 'classify' && (id === 'bad' || made.fails || (trapped && id === 'rare'))) {
      port2.postMessage({kind: 'failed', id, message: 'no', trapped})
    } else if (kind === 'classify' && !id.includes('slow')) {
      port2.postMessage({kind: 'progress', id, done: 1, total: 2})
      port2.postMessage({kind: 'partial', id, from: 0, segments: [SEGMENT]})
      port2.postMessage({...DONE, id, ms: {...DONE.ms, infer}})
    }
  }
  const ended = new Promise((resolve) => port2.addEventListener('close', resolve))
  const end = () => {
    port1.close()
    port2.close()
  }
  const ids = () => seen.filter(({kind}) => kind === 'classify').map(({id}) => id)
  const made = Object.assign(port1, {
    terminate: end,
    ended,
    fails: false,
    onerror: null,
    whole: false,
    seen,
    ids,
  })
  return made
}

/**
 * A host with the given workers, one after the other.
 * @param {ReturnType<typeof worker>[]} workers
 * @param {Partial<import('../../../extension/host/host.js').HostParts>} [parts]
 */
export function hostWith(workers, parts) {
  const left = [...workers]
  const createWorker = (/** @type {boolean} */ whole) =>
    /** @type {any} */ (
      Object.assign(left.shift() ?? assert.fail('one worker too many was started'), {whole})
    )
  return new Host({
    createWorker,
    readSettings: async () => ({threads: 2, releaseAfterMinutes: 0, minScore: 0.3}),
    ...parts,
  })
}

/**
 * @param {string} id
 * @param {string} [text]
 * @returns {import('../../../extension/shared/messages.js').Work}
 */
export function work(id, text = 'text') {
  return {id, texts: [text], detail: 'segments', priority: 'user', remember: false}
}

/**
 * @param {Host} host
 * @param {string} id
 * @param {string} [text]
 * @returns {Promise<EngineAnswer[]>} All answers up to the last.
 */
export function ask(host, id, text) {
  /** @type {EngineAnswer[]} */ const answers = []
  return new Promise((resolve) =>
    host.classify(work(id, text), (answer) => {
      answers.push(answer)
      if (answer.kind === 'result' || answer.kind === 'failure') resolve(answers)
    }),
  )
}

/** What a page has that may use several threads, with all that it was told to keep. */
export function several() {
  /** @type {number[]} */ const kept = []
  /** @type {() => void} */ let tell = () => {}
  const told = new Promise((resolve) => {
    tell = () => resolve(undefined)
  })
  const keep = async (/** @type {number} */ threads) => {
    kept.push(threads)
    tell()
  }
  return {several: {most: 2, keep}, kept, told}
}

export const UNDECIDED = {
  readSettings: async () => ({
    threads: /** @type {const} */ ('auto'),
    releaseAfterMinutes: 0,
    minScore: 0.3,
  }),
}

/**
 * Files of a package with the integrity.json that belongs to them.
 * @param {Record<string, ArrayLike<number>>} files
 * @returns {Record<string, ArrayLike<number>>}
 */
export function withIntegrity(files) {
  const packed = Object.entries(files).filter(([name]) => name.includes('/'))
  const integrity = {
    files: Object.fromEntries(
      packed.map(([name, content]) => [
        name,
        createHash('sha256').update(Uint8Array.from(content)).digest('hex'),
      ]),
    ),
    trimmedRuntime: null,
    selfTest: {text: 'a', scores: [1], tolerance: 0.1},
  }
  return {...files, 'integrity.json': Buffer.from(JSON.stringify(integrity))}
}
