// Owns the engine's worker: starts it, gives it one text at a time, and replaces it when it fails.

import {asFailure, Failure} from '../shared/failures.js'
import {ENGINE_PORT, isOwnPage} from '../shared/messages.js'

/**
 * @typedef {import('../engine/worker.js').WorkerMessage} WorkerMessage
 * @typedef {import('../shared/messages.js').EngineRequest} EngineRequest
 * @typedef {import('../shared/messages.js').EngineAnswer} EngineAnswer
 * @typedef {Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror'>} WorkerLike
 * @typedef {{id: string, text: string, asked: number, answer: (answer: EngineAnswer) => void, cancelled: boolean}} Request
 */

/** @param {() => WorkerLike} createWorker */
export function createHost(createWorker) {
  /** @type {Request[]} */ const waiting = []
  /** @type {{request: Request, began: number} | null} */ let running = null
  /** @type {{worker: WorkerLike, ready: boolean} | null} */ let engine = null

  function start() {
    if (engine) return
    const worker = createWorker()
    const started = {worker, ready: false}
    engine = started
    worker.onmessage = ({data}) => {
      if (engine === started) receive(started, data)
    }
    worker.onerror = (event) => {
      if (engine === started) fail(started, new Failure('start_failed', event.message || 'The worker could not be started'))
    }
  }

  /** @param {{ready: boolean}} current @param {WorkerMessage} message */
  function receive(current, message) {
    if (message.kind === 'broken') {
      fail(current, new Failure('start_failed', message.message))
    } else if (message.kind === 'ready') {
      current.ready = true
      for (const request of running ? [running.request, ...waiting] : waiting) tell(request, phase(request))
    } else if (running) {
      const {request, began} = running
      running = null
      if (message.ok) {
        const {verdict, tokens, truncated, ms} = message
        const now = performance.now()
        tell(request, {
          kind: 'result', id: request.id, verdict, tokens, truncated, ms: {...ms, queue: began - request.asked, total: now - request.asked},
        })
      } else {
        tell(request, refusal(request, new Failure('run_failed', message.message)))
      }
      next()
    }
  }

  /**
   * A failed start leaves the runtime of its worker unusable: end it, so that the next request begins with a new one.
   * @param {object} current @param {Failure} failure
   */
  function fail(current, failure) {
    if (engine !== current) return
    engine.worker.terminate()
    engine = null
    const refused = running ? [running.request, ...waiting.splice(0)] : waiting.splice(0)
    running = null
    for (const request of refused) tell(request, refusal(request, failure))
  }

  function next() {
    if (running || !waiting.length) return
    start()
    const request = /** @type {Request} */ (waiting.shift())
    running = {request, began: performance.now()}
    tell(request, phase(request))
    engine?.worker.postMessage({id: request.id, text: request.text})
  }

  /** @param {Request} request @returns {EngineAnswer} */
  function phase({id}) {
    return {kind: 'progress', id, phase: engine?.ready ? 'classifying' : 'loading'}
  }

  /** @param {Request} request @param {Failure} failure @returns {EngineAnswer} */
  function refusal({id}, {code, message}) {
    return {kind: 'failure', id, code, message}
  }

  /** @param {Request} request @param {EngineAnswer} answer */
  function tell(request, answer) {
    if (!request.cancelled) request.answer(answer)
  }

  /** @param {string} id */
  function cancel(id) {
    const place = waiting.findIndex((request) => request.id === id)
    if (place >= 0) waiting.splice(place, 1)
    if (running?.request.id === id) running.request.cancelled = true
  }

  return {
    /** Start the engine, if it does not run yet. */
    start,

    /** @param {string} id @param {string} text @param {(answer: EngineAnswer) => void} answer */
    classify(id, text, answer) {
      if (!text.trim()) {
        answer({kind: 'failure', id, code: 'no_text', message: 'The text is empty'})
        return
      }
      waiting.push({id, text, asked: performance.now(), answer, cancelled: false})
      try {
        next()
      } catch (error) {
        cancel(id)
        const {code, message} = asFailure(error, 'start_failed')
        answer({kind: 'failure', id, code, message})
      }
    },

    /** Forget a request: no answer to it follows. */
    cancel,
  }
}

/** Answer the surfaces that connect. @param {ReturnType<typeof createHost>} host */
export function serve(host) {
  chrome.runtime.onConnect.addListener((port) => {
    if (port.name !== ENGINE_PORT) return
    if (!isOwnPage(port.sender)) {
      port.disconnect()
      return
    }
    /** @type {Set<string>} */ const open = new Set()
    let connected = true
    port.onMessage.addListener((/** @type {EngineRequest} */ message) => {
      if (message?.kind === 'classify' && typeof message.id === 'string' && typeof message.text === 'string') {
        open.add(message.id)
        host.classify(message.id, message.text, (answer) => {
          if (answer.kind !== 'progress') open.delete(answer.id)
          if (connected) port.postMessage(answer)
        })
      } else if (message?.kind === 'cancel') {
        open.delete(message.id)
        host.cancel(message.id)
      }
    })
    port.onDisconnect.addListener(() => {
      connected = false
      for (const id of open) host.cancel(id)
    })
  })
}

/** The host of this page, with its real worker. */
export function startHost() {
  const host = createHost(() => new Worker(new URL('../engine/worker.js', import.meta.url), {type: 'module', name: 'engine'}))
  serve(host)
  return host
}
