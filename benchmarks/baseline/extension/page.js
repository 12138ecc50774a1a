// What is asked of the baseline from outside: `window.baseline` takes and gives JSON, as drivers
// and pages share nothing else.

/** @type {Worker | undefined} */ let worker

/**
 * Null leaves the number of threads to the library.
 * @typedef {{threads: number | null}} Threads
 */

const tasks = {
  /**
   * From asking for the worker to its first scores, in milliseconds; the worker is ended then.
   * @param {Threads & {text: string}} options
   */
  async start({threads, text}) {
    const began = performance.now()
    const own = new Worker('worker.js', {type: 'module'})
    try {
      await ask(own, {threads})
      const loaded = performance.now() - began
      await ask(own, {texts: [text], batch: 1})
      return {loaded, scores: performance.now() - began}
    } finally {
      own.terminate()
    }
  },

  /** Loads the model and keeps it. @param {Threads} options */
  async open({threads}) {
    worker = new Worker('worker.js', {type: 'module'})
    return ask(worker, {threads})
  },

  /** @param {{texts: string[], batch: number}} options */
  async run({texts, batch}) {
    if (!worker) throw new Error('the model is not open')
    return ask(worker, {texts, batch})
  },

  async close() {
    worker?.terminate()
    worker = undefined
  },

  /**
   * Milliseconds of each pass of a tokenizer over all texts, and the ids of the last one.
   * @param {{library: string, texts: string[], passes: number}} options
   */
  async tokenize({library, texts, passes}) {
    const own = new Worker('tokenize.js', {type: 'module'})
    try {
      return await ask(own, {library, texts, passes})
    } finally {
      own.terminate()
    }
  },
}

Object.assign(window, {
  /** @param {string} message  The name of a task and its options. */
  baseline: async (message) => {
    const [task, options] = JSON.parse(message)
    const run = tasks[/** @type {keyof typeof tasks} */ (task)]
    return JSON.stringify((await run(options)) ?? null)
  },
})

/** @param {Worker} to @param {object} message @returns {Promise<unknown>} */
function ask(to, message) {
  return new Promise((resolve, reject) => {
    to.onmessage = ({data}) => (data.error ? reject(new Error(data.error)) : resolve(data))
    to.onerror = (event) => reject(new Error(event.message || 'the worker could not be started'))
    to.postMessage(message)
  })
}
