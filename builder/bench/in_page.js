// A function that runs in a page of the extension, given to a driver as text. It brings nothing
// into the bundle: the worker, the tokenizer and the host are those that ship, spoken to in their
// own words.

/**
 * @param {string} task  The name of one of the tasks.
 * @param {object} options  Of the task.
 */
export function inPage(task, options) {
  // Values from a driver's sandbox are copied into the page: Firefox lets a page see no others.
  const page = /** @type {any} */ (window).wrappedJSObject ?? window
  const own = (/** @type {unknown} */ value) => page.JSON.parse(JSON.stringify(value))
  const plain = (/** @type {unknown} */ value) => JSON.parse(JSON.stringify(value))
  const root = new URL('/', location.href)
  /** A module of the extension. @param {string} name @returns {Promise<any>} */
  const load = (name) => import(new URL(name, root).href)
  let ids = 0

  const tasks = {
    // A worker of our own, from nothing to the first scores in milliseconds, and what it tells of
    // its start itself. As the host does, it starts another with all of the runtime where the model
    // calls what is left out of it.
    /** @param {{threads: number, text: string}} options */
    async start({threads, text}) {
      const {createEngineWorker} = await load('host/engine-worker.js')
      const began = performance.now()
      const since = () => performance.now() - began
      /** @type {{startup?: object, scores?: number, run?: number}} */ const found = {}
      /** @param {boolean} whole @returns {Promise<void>} */
      const attempt = (whole) =>
        new Promise((resolve, reject) => {
          const worker = createEngineWorker(whole)
          /** @template T @param {(outcome: T) => void} settle @param {T} outcome */
          const end = (settle, outcome) => {
            worker.terminate()
            settle(outcome)
          }
          worker.onerror = (/** @type {ErrorEvent} */ event) =>
            end(reject, new Error(event.message || 'the worker could not be started'))
          worker.onmessage = (/** @type {MessageEvent<any>} */ {data}) => {
            if (data.kind === 'ready') {
              found.startup = plain(data.startup)
            } else if (data.kind === 'done') {
              found.scores = since()
              found.run = data.ms.infer
              end(resolve, undefined)
            } else if (data.trapped && !whole) {
              end(resolve, attempt(true))
            } else if (data.kind === 'broken' || data.kind === 'failed') {
              end(reject, new Error(data.message))
            }
          }
          worker.postMessage({kind: 'start', threads, minScore: null})
          worker.postMessage({
            kind: 'classify',
            id: 'first',
            texts: [text],
            detail: 'overall',
            priority: 'user',
          })
        })
      await attempt(false)
      return found
    },

    // Requests to the engine of the extension, one after another: `ms` is the engine's own account,
    // `round_trip` what it took from here.
    /** @param {{requests: string[][], detail: string, priority: string}} options */
    async classify({requests, detail, priority}) {
      const port = await connect()
      const answers = []
      try {
        for (const texts of requests) {
          const began = performance.now()
          const {ms, tokens, from, segments} = await ask(port, {
            kind: 'classify',
            texts,
            detail,
            priority,
          })
          answers.push({
            round_trip: performance.now() - began,
            ...ms,
            tokens,
            segments: from + segments.length,
          })
        }
      } finally {
        port.disconnect()
      }
      return answers
    },

    // What the engine is doing; with `release`, after it gave its memory back.
    /** @param {{release?: boolean}} options */
    async status({release}) {
      const port = await connect()
      try {
        return await ask(port, {kind: release ? 'release' : 'status'})
      } finally {
        port.disconnect()
      }
    },

    // How many threads the extension found to be fastest here, as soon as it has: it looks once it
    // has answered and nothing is asked of it.
    /** @param {{timeout: number}} options */
    async measured_threads({timeout}) {
      const {measuredThreads} = await load('background/thread-count-store.js')
      for (const until = performance.now() + timeout; performance.now() < until;) {
        const threads = await measuredThreads()
        if (threads !== null) return threads
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      throw new Error('how many threads are fastest was not found out')
    },

    /** @param {{settings: object}} options */
    async keep({settings}) {
      const {writeSettings} = await load('platform/settings-store.js')
      await writeSettings(own(settings))
    },

    // The tokenizer alone, on this page's thread: milliseconds of each pass over all texts, and the
    // ids of the last one.
    /** @param {{texts: string[], passes: number}} options */
    async tokenize({texts, passes}) {
      const {createTokenizer} = await load('engine/tokenizer.js')
      const spec = await (await fetch(new URL('model/model.json', root))).json()
      const vocabulary = await (
        await fetch(new URL(`model/${spec.tokenizer.vocabulary}`, root))
      ).text()
      const tokenizer = await createTokenizer(spec.tokenizer, vocabulary, () =>
        load('runtime/tokenizers.mjs'),
      )
      const ms = []
      /** @type {Int32Array[]} */ let ids = []
      for (let pass = 0; pass < passes; pass++) {
        const began = performance.now()
        ids = texts.map((/** @type {string} */ text) => tokenizer.encode(text).inputIds)
        ms.push(performance.now() - began)
      }
      return {ms, ids: ids.map((one) => [...one])}
    },

    // Sentences alone, on this page's thread: milliseconds for a text, the longest time without a
    // rest, and how many there are.
    /** @param {{unit: string, length: number}} options */
    async split({unit, length}) {
      const {segmentsStepwise} = await load('engine/segments.js')
      const text = unit.repeat(Math.ceil(length / unit.length))
      const began = performance.now()
      let [last, longest, count] = [began, 0, 0]
      for (const segment of segmentsStepwise(text)) {
        const now = performance.now()
        longest = Math.max(longest, now - last)
        last = now
        if (segment) count++
      }
      return {ms: performance.now() - began, longest, count}
    },

    async environment() {
      return {
        isolated: Boolean(self.crossOriginIsolated),
        cores: navigator.hardwareConcurrency,
        agent: navigator.userAgent,
      }
    },
  }

  async function connect() {
    await page.chrome.runtime.sendMessage(own({kind: 'wake', body: {}}))
    return page.chrome.runtime.connect(own({name: 'engine'}))
  }

  /** @param {any} port @param {object} request @returns {Promise<any>} */
  function ask(port, request) {
    const id = `bench-${performance.now()}-${++ids}`
    return new Promise((resolve, reject) => {
      port.onDisconnect.addListener(() => reject(new Error('the engine is gone')))
      port.onMessage.addListener((/** @type {unknown} */ message) => {
        const answer = plain(message)
        if (answer.id !== id) return
        if (answer.kind === 'failure') reject(new Error(answer.message))
        if (answer.kind === 'result' || answer.kind === 'status') resolve(answer)
      })
      port.postMessage(own({...request, id}))
    })
  }

  const run = tasks[/** @type {keyof typeof tasks} */ (task)]
  return run(/** @type {any} */ (options))
}
