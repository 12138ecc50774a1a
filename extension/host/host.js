// Owns the engine's worker: starts it, hands it what the UI pages ask, replaces it when it fails,
// ends it when nobody needs it.

import {asFailure, Failure} from '../shared/failures.js'
import {ENGINE_PORT, isOwnPage} from '../shared/messages.js'
import {calibrate} from './thread-tuning.js'
import {createEngineWorker} from './engine-worker.js'

/**
 * @typedef {import('../engine/worker.js').WorkerMessage} WorkerMessage
 * @typedef {import('../engine/worker.js').HostMessage} HostMessage
 * @typedef {import('../shared/messages.js').EngineRequest} EngineRequest
 * @typedef {import('../shared/messages.js').EngineAnswer} EngineAnswer
 * @typedef {import('../shared/messages.js').EngineSettings} EngineSettings
 * @typedef {import('../shared/messages.js').Work} Work
 * @typedef {Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror'>} WorkerLike
 * @typedef {{work: Work, asked: number, answer: (answer: EngineAnswer) => void}} Request
 *
 * `told`: how it was started, null until the settings are read. `answered`: anything yet.
 * `undecided`: the fastest number of threads is
 * still to be measured.
 * @typedef {Extract<HostMessage, {kind: 'start'}> & {threads: number}} Start
 * @typedef {{worker: WorkerLike, told: Start | null, ready: boolean, loaded: {done: number, total:
 *   number}, threads: number | null,
 *   answered: boolean, undecided: boolean}} Engine
 *
 * For a page that may use several threads. `most`: how many are worth a try. `keep`: has the number
 * that was found to be the fastest be
 * what `readSettings` tells in place of 'auto'.
 * @typedef {{most: number, keep: (threads: number) => Promise<unknown>}} SeveralThreads
 */

const HEARTBEAT_MS = 10_000 // Firefox unloads its background after 30 s without an event
const MINUTE_MS = 60_000
// without a worker: whoever has just been told of its end may come back at once
const LINGER_MS = 1000
// a start takes one second, ten on a busy device: after so long without a sign nothing comes any
// more
const STALLED_MS = 60_000
const QUIET_MS = 3000 // after so long without a request a reader is hardly about to make the next

/** Where the settings cannot be read, the engine works all the same. @type {EngineSettings} */
const DEFAULT_SETTINGS = {threads: 'auto', releaseAfterMinutes: 5, minScore: null}

/**
 * @param {object} parts
 * @param {(whole: boolean) => WorkerLike} parts.createWorker  `whole`: nothing may be left out of
 *   its runtime.
 * @param {() => Promise<EngineSettings>} parts.readSettings  Asked at every start of a worker.
 * @param {() => void} [parts.keepAwake]  Called now and then while there is work: has the browser
 *   not unload this page.
 * @param {() => void} [parts.leave]  Called when there has been neither work nor a worker for a
 *   moment: nobody needs this page.
 * @param {number} [parts.lingerMs]  How long a moment.
 * @param {SeveralThreads} [parts.several]  Without it there is one thread.
 * @param {number} [parts.stalledMs]  A start or work that gives no sign for so long has failed.
 * @param {number} [parts.quietMs]  How long nothing was asked when threads are measured.
 */
export function createHost({
  createWorker,
  readSettings,
  keepAwake = () => {},
  leave = () => {},
  lingerMs = LINGER_MS,
  several,
  stalledMs = STALLED_MS,
  quietMs = QUIET_MS,
}) {
  /** @type {Map<string, Request>} */ const open = new Map()
  /** @type {Engine | null} */ let engine = null
  /** @type {(() => void)[]} */ const releases = []
  /** @type {ReturnType<typeof setInterval> | undefined} */ let heartbeat
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let idle
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let stalled
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let leaving
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let quiet
  /** @type {AbortController | null} */ let calibration = null
  let whole = false // whether the runtime has to be all there: a model may call what others do not
  let single = !several // whether one thread is all that works here
  /** What this host found to be the fastest number of threads. @type {number | null} */ let found =
    null
  let idleMs = DEFAULT_SETTINGS.releaseAfterMinutes * MINUTE_MS

  /** @returns {Engine} */
  function start() {
    if (engine) return engine
    /** @type {Engine} */ const started = {
      worker: createWorker(whole),
      told: null,
      ready: false,
      loaded: {done: 0, total: 0},
      threads: null,
      answered: false,
      undecided: false,
    }
    engine = started
    listen(started)
    watch()
    readSettings()
      .catch((error) => {
        console.warn('The settings could not be read', error)
        return DEFAULT_SETTINGS
      })
      .then(({threads, releaseAfterMinutes, minScore}) => {
        idleMs = releaseAfterMinutes * MINUTE_MS
        if (engine === started) {
          started.told = {
            kind: 'start',
            threads: single ? 1 : threads === 'auto' ? (found ?? 1) : threads,
            minScore,
          }
          started.undecided = !single && threads === 'auto' && found === null
          send(started, started.told)
        }
        settle()
      })
    return started
  }

  /** @param {Engine} current */
  function listen(current) {
    current.worker.onmessage = ({data}) => {
      if (engine === current) receive(current, data)
    }
    current.worker.onerror = (event) => {
      if (engine === current) giveUp(current, event.message || 'The worker could not be started')
    }
  }

  /**
   * What hangs would hold up all requests for ever, and every new one.
   * @param {boolean} [heard]  Whether the worker has just given a sign.
   */
  function watch(heard = false) {
    const awaited = engine && (!engine.ready || open.size > 0)
    if (heard || !awaited) {
      clearTimeout(stalled)
      stalled = undefined
    }
    if (awaited)
      stalled ??= setTimeout(() => {
        if (engine) giveUp(engine, 'The worker gives no sign')
      }, stalledMs)
  }

  /** Where several threads failed, one may do. @param {Engine} current @param {string} message */
  function giveUp(current, message) {
    if (!several || single || (current.told?.threads ?? 1) === 1) {
      fail(new Failure(current.ready ? 'run_failed' : 'start_failed', message))
      return
    }
    console.warn('The engine has to be started with one thread', message)
    single = true
    keepThreads(1)
    renew()
    settle()
  }

  /** @param {number} threads */
  function keepThreads(threads) {
    found = threads
    several
      ?.keep(threads)
      .catch((error) => console.warn('How many threads are fastest could not be kept', error))
  }

  /**
   * Find out how many threads are fastest while nobody waits.
   * @param {Engine} current
   * @param {Start} told
   * @param {number} most  Threads.
   */
  function measure(current, told, most) {
    const {signal} = (calibration = new AbortController())
    calibrate({
      best: {worker: current.worker, threads: told.threads},
      most,
      start(threads) {
        const worker = createWorker(whole)
        worker.postMessage({...told, threads})
        return worker
      },
      onBetter({worker, threads}) {
        current.worker.terminate()
        Object.assign(current, {worker, threads, told: {...told, threads}})
      },
      signal,
    }).then(
      (threads) => {
        current.undecided = false
        interrupt()
        keepThreads(threads)
      },
      (error) => {
        if (signal.aborted) return
        console.warn('How many threads are fastest could not be found out', error)
        interrupt()
        if (error.trapped && !whole) {
          whole = true // as the next worker has all of the runtime, so will the next that is tried
          renew()
        } else {
          // or each host would try it anew, and lose its worker
          keepThreads(current.told?.threads ?? 1)
          restart()
        }
        settle()
      },
    )
  }

  /**
   * Whoever asks waits for no measurement: the engine's worker is the host's again. It is begun
   * anew when nobody asks.
   */
  function interrupt() {
    calibration?.abort()
    calibration = null
    if (engine) listen(engine)
  }

  /** @param {Engine} current @param {WorkerMessage} message */
  function receive(current, message) {
    watch(true)
    if ('trapped' in message && message.trapped && !whole) {
      console.warn('The runtime has to be started with all its functions', message.message)
      whole = true
      renew()
      settle()
      return
    }
    switch (message.kind) {
      case 'loading':
        current.loaded = {done: message.done, total: message.total}
        tellPhase()
        break
      case 'ready':
        current.ready = true
        current.threads = message.threads
        tellPhase()
        settle()
        break
      case 'broken':
        giveUp(current, message.message)
        break
      case 'progress':
        open.get(message.id)?.answer({...message, phase: 'classifying'})
        break
      case 'partial':
        open.get(message.id)?.answer(message)
        break
      case 'done': {
        const request = open.get(message.id)
        current.answered ||= request !== undefined
        close(message.id)
        request?.answer({
          ...message,
          kind: 'result',
          ms: {...message.ms, total: performance.now() - request.asked},
        })
        break
      }
      case 'failed': {
        const request = open.get(message.id)
        open.delete(message.id)
        restart() // the runtime may be unusable after it
        settle()
        if (request) refuse(request, new Failure('run_failed', message.message))
      }
    }
  }

  /**
   * A failed start leaves the runtime of its worker unusable: the next request begins with a new
   * one.
   * @param {Failure} failure
   */
  function fail(failure) {
    end()
    const refused = [...open.values()]
    open.clear()
    settle()
    for (const request of refused) refuse(request, failure)
  }

  /** A new worker, if anything waits for one. */
  function restart() {
    if (open.size) renew()
    else end()
  }

  /** A new worker, which gets what waits in the same order. */
  function renew() {
    end()
    const started = start()
    for (const {work} of open.values()) send(started, {kind: 'classify', ...work})
  }

  function end() {
    interrupt()
    engine?.worker.terminate() // the memory of a wasm module never shrinks: only this frees it
    engine = null
    watch()
  }

  /** @param {string} id */
  function close(id) {
    open.delete(id)
    settle()
  }

  /** What depends on whether there is work. */
  function settle() {
    clearTimeout(idle)
    clearTimeout(leaving)
    clearTimeout(quiet)
    watch()
    if (open.size) {
      heartbeat ??= setInterval(keepAwake, HEARTBEAT_MS)
      return
    }
    clearInterval(heartbeat)
    heartbeat = undefined
    if (releases.length) {
      end()
      for (const released of releases.splice(0)) released()
    } else if (engine) {
      const {told, answered, undecided} = engine
      if (several && told && answered && undecided && !calibration)
        quiet = setTimeout(measure, quietMs, engine, told, several.most)
      if (idleMs > 0) {
        idle = setTimeout(() => {
          end()
          settle()
        }, idleMs)
      }
    }
    if (!engine) leaving = setTimeout(leave, lingerMs)
  }

  function tellPhase() {
    for (const {work, answer} of open.values()) answer(phase(work.id))
  }

  /** @param {string} id @returns {EngineAnswer} */
  function phase(id) {
    if (engine?.ready) return {kind: 'progress', id, phase: 'classifying', done: 0, total: 0}
    return {kind: 'progress', id, phase: 'loading', ...(engine?.loaded ?? {done: 0, total: 0})}
  }

  /** @param {Request} request @param {Failure} failure */
  function refuse({work: {id}, answer}, {code, message, hint}) {
    answer({kind: 'failure', id, code, message, hint})
  }

  /** @param {Engine} engine @param {HostMessage} message */
  function send(engine, message) {
    engine.worker.postMessage(message)
  }

  return {
    /** Start the engine, if it does not run yet. */
    start() {
      start()
      settle()
    },

    /** @param {Work} work @param {(answer: EngineAnswer) => void} answer */
    classify(work, answer) {
      const request = {work, asked: performance.now(), answer}
      if (!work.texts.some((text) => text.trim())) {
        refuse(request, new Failure('no_text', 'The text is empty'))
        return
      }
      interrupt()
      try {
        send(start(), {kind: 'classify', ...work})
      } catch (error) {
        refuse(request, asFailure(error, 'start_failed'))
        return
      }
      open.set(work.id, request)
      settle()
      answer(phase(work.id))
    },

    /** Forget a request: no answer to it follows. @param {string} id */
    cancel(id) {
      if (!open.has(id)) return
      if (engine) send(engine, {kind: 'cancel', id})
      close(id)
    },

    /** @param {string} id @returns {import('../shared/messages.js').Status} */
    status(id) {
      const state = engine ? (engine.ready ? 'ready' : 'loading') : 'off'
      return {
        kind: 'status',
        id,
        engine: state,
        threads: engine?.threads ?? null,
        known: open.has(id),
        requests: open.size,
      }
    },

    /**
     * End the worker as soon as nothing waits; the next request starts it anew.
     * @returns {Promise<void>}
     */
    release() {
      return new Promise((resolve) => {
        releases.push(() => resolve())
        settle()
      })
    },
  }
}

/** Answer the UI pages that connect. @param {ReturnType<typeof createHost>} host */
export function serve(host) {
  chrome.runtime.onConnect.addListener((port) => {
    if (port.name !== ENGINE_PORT) return
    if (!isOwnPage(port.sender)) {
      port.disconnect()
      return
    }
    /** @type {Set<string>} */ const open = new Set()
    let connected = true
    const remember = standsOnPublicPage(port.sender)
    const answer = (/** @type {EngineAnswer} */ message) => {
      if (message.kind === 'result' || message.kind === 'failure') open.delete(message.id)
      if (connected) port.postMessage(message)
    }
    port.onMessage.addListener((/** @type {unknown} */ message) => {
      if (!isRequest(message)) return
      const {id} = message
      if (message.kind === 'classify') {
        const {texts, detail, priority} = message
        open.add(id)
        host.classify({id, texts, detail, priority, remember}, answer)
      } else if (message.kind === 'cancel') {
        open.delete(id)
        host.cancel(id)
      } else if (message.kind === 'status') {
        answer(host.status(id))
      } else {
        host.release().then(() => answer(host.status(id)))
      }
    })
    port.onDisconnect.addListener(() => {
      connected = false
      for (const id of open) host.cancel(id)
    })
  })
}

/**
 * Whether a surface stands on a web page that is in no private window; of one that stands elsewhere
 * nobody tells where its text comes from.
 * @param {chrome.runtime.MessageSender | undefined} sender
 */
function standsOnPublicPage(sender) {
  return Boolean(sender?.frameId) && sender?.tab?.incognito === false
}

/** @param {any} message @returns {message is EngineRequest} */
function isRequest(message) {
  if (typeof message?.id !== 'string') return false
  if (message.kind !== 'classify') return ['cancel', 'status', 'release'].includes(message.kind)
  return (
    Array.isArray(message.texts) &&
    message.texts.every((/** @type {unknown} */ text) => typeof text === 'string') &&
    ['overall', 'segments'].includes(message.detail) &&
    ['reader', 'page'].includes(message.priority)
  )
}

/**
 * The host of this page, with its real worker.
 * @param {() => Promise<EngineSettings>} readSettings
 * @param {Pick<Parameters<typeof createHost>[0], 'keepAwake' | 'leave' | 'several'>} parts
 */
export function startHost(readSettings, parts) {
  const host = createHost({createWorker: createEngineWorker, readSettings, ...parts})
  serve(host)
  return host
}
