// The body of a function that runs in a page of the extension: arguments[0] names one of `tasks`,
// arguments[1] are its options. It brings nothing into the bundle: the worker, the tokenizer and
// the host are those that ship, spoken to in their own words.

// What crosses from a driver's sandbox into the page is made anew there, as Firefox lets a page see
// nothing else.
const page = window.wrappedJSObject ?? window
const own = (value) => page.JSON.parse(JSON.stringify(value))
const plain = (value) => JSON.parse(JSON.stringify(value))
const root = new URL('/', location.href)
let ids = 0

const tasks = {
  // A worker of our own, from nothing to the first scores in milliseconds, and what it tells of its
  // start itself. As the host does, it starts another with all of the runtime where the model calls
  // what is left out of it.
  async start({threads, text}) {
    const {createEngineWorker} = await import(new URL('host/engine-worker.js', root))
    const began = performance.now()
    const since = () => performance.now() - began
    const found = {}
    const attempt = (whole) =>
      new Promise((resolve, reject) => {
        const worker = createEngineWorker(whole)
        const end = (settle, outcome) => {
          worker.terminate()
          settle(outcome)
        }
        worker.onerror = (event) =>
          end(reject, new Error(event.message || 'the worker could not be started'))
        worker.onmessage = ({data}) => {
          if (data.kind === 'ready') {
            found.startup = plain(data.startup)
          } else if (data.kind === 'done') {
            found.scores = since()
            found.run = data.ms.infer
            end(resolve)
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
  async classify({requests, detail, priority}) {
    const port = await connect()
    const answers = []
    try {
      for (const texts of requests) {
        const began = performance.now()
        const {ms, tokens, segments} = await ask(port, {kind: 'classify', texts, detail, priority})
        answers.push({
          round_trip: performance.now() - began,
          ...ms,
          tokens,
          segments: segments.length,
        })
      }
    } finally {
      port.disconnect()
    }
    return answers
  },

  // What the engine is doing; with `release`, after it gave its memory back.
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
  async measured_threads({timeout}) {
    const {measuredThreads} = await import(new URL('background/thread-count-store.js', root))
    for (const until = performance.now() + timeout; performance.now() < until;) {
      const threads = await measuredThreads()
      if (threads !== null) return threads
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error('how many threads are fastest was not found out')
  },

  async keep({settings}) {
    const {writeSettings} = await import(new URL('platform/settings-store.js', root))
    await writeSettings(own(settings))
  },

  // The tokenizer alone, on this page's thread: milliseconds of each pass over all texts, and the
  // ids of the last one.
  async tokenize({texts, passes}) {
    const {createTokenizer} = await import(new URL('engine/tokenizer.js', root))
    const spec = await (await fetch(new URL('model/model.json', root))).json()
    const vocabulary = await (
      await fetch(new URL(`model/${spec.tokenizer.vocabulary}`, root))
    ).text()
    const tokenizer = await createTokenizer(
      spec.tokenizer,
      vocabulary,
      () => import(new URL('runtime/tokenizers.mjs', root)),
    )
    const ms = []
    let ids
    for (let pass = 0; pass < passes; pass++) {
      const began = performance.now()
      ids = texts.map((text) => tokenizer.encode(text).inputIds)
      ms.push(performance.now() - began)
    }
    return {ms, ids: ids.map((one) => [...one])}
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

function ask(port, request) {
  const id = `bench-${performance.now()}-${++ids}`
  return new Promise((resolve, reject) => {
    port.onDisconnect.addListener(() => reject(new Error('the engine is gone')))
    port.onMessage.addListener((message) => {
      const answer = plain(message)
      if (answer.id !== id) return
      if (answer.kind === 'failure') reject(new Error(answer.message))
      if (answer.kind === 'result' || answer.kind === 'status') resolve(answer)
    })
    port.postMessage(own({...request, id}))
  })
}

return tasks[arguments[0]](arguments[1])
