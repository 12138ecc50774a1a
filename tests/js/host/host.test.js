// The host with a worker at the other end of a real channel.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {createHost, serve} from '../../../extension/host/host.js'

/** @typedef {import('../../../extension/shared/messages.js').EngineAnswer} EngineAnswer */
/** @typedef {ReturnType<typeof createHost>} Host */

const VERDICT = {label: 'a', labels: ['a'], scores: [{label: 'a', score: 1}]}
const SEGMENT = {text: 0, start: 0, end: 4, tokens: 1, verdict: VERDICT}
const DONE = {
  kind: 'done',
  verdict: VERDICT,
  segments: [SEGMENT],
  tokens: 1,
  ms: {queue: 0, tokenize: 1, infer: 2},
}

const STARTUP = {spawn: {from: 0, to: 1}}

/**
 * A worker that starts as it is told to and answers when asked to, but not to ids with “slow”.
 * @param {{starts?: boolean | null, trapped?: boolean, infer?: number}} [options]  Null: it does
 *   not come to an end of it. `trapped`: it
 *   fails as a runtime does that lacks a function, also to the id “rare”. `infer`: what a run takes
 *   by its own account.
 */
function worker({starts = true, trapped = false, infer = 2} = {}) {
  const {port1, port2} = new MessageChannel()
  /** @type {any[]} */ const seen = []
  /** @type {any[]} */ const waiting = []
  let started = false
  port2.onmessage = ({data}) => {
    seen.push(data)
    waiting.push(data)
    if (data.kind === 'start') {
      port2.postMessage({kind: 'loading', done: 5, total: 10})
      if (starts === null) return
      port2.postMessage(
        starts
          ? {kind: 'ready', threads: data.threads, startup: STARTUP}
          : {kind: 'broken', message: 'no memory', trapped},
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
 * @param {object} [parts]
 */
function host(workers, parts) {
  const left = [...workers]
  const createWorker = (/** @type {boolean} */ whole) =>
    /** @type {any} */ (
      Object.assign(left.shift() ?? assert.fail('one worker too many was started'), {whole})
    )
  return createHost({
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
function work(id, text = 'text') {
  return {id, texts: [text], detail: 'segments', priority: 'reader', remember: false}
}

/**
 * @param {Host} host
 * @param {string} id
 * @param {string} [text]
 * @returns {Promise<EngineAnswer[]>} All answers up to the last.
 */
function ask(host, id, text) {
  /** @type {EngineAnswer[]} */ const answers = []
  return new Promise((resolve) =>
    host.classify(work(id, text), (answer) => {
      answers.push(answer)
      if (answer.kind === 'result' || answer.kind === 'failure') resolve(answers)
    }),
  )
}

test('a request is told how far the model is, how far it is itself, its parts and its result', async () => {
  const host_ = host([worker()])
  const answers = await ask(host_, '1')
  assert.deepEqual(answers.slice(0, -1), [
    {kind: 'progress', id: '1', phase: 'loading', done: 0, total: 0},
    {kind: 'progress', id: '1', phase: 'loading', done: 5, total: 10},
    {kind: 'progress', id: '1', phase: 'classifying', done: 0, total: 0},
    {kind: 'progress', id: '1', phase: 'classifying', done: 1, total: 2},
    {kind: 'partial', id: '1', from: 0, segments: [SEGMENT]},
  ])
  const last = answers.at(-1)
  assert.ok(last?.kind === 'result')
  assert.ok(last.ms.total > 0)
  assert.deepEqual({...last, ms: 0}, {...DONE, id: '1', kind: 'result', ms: 0})
  await host_.release()
})

/** What a page has that may use several threads, with all that it was told to keep. */
function several() {
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

const UNDECIDED = {
  readSettings: async () => ({
    threads: /** @type {const} */ ('auto'),
    releaseAfterMinutes: 0,
    minScore: 0.3,
  }),
  quietMs: 5,
}

test('the fastest number of threads is found when nothing was asked for a while, kept, and used from then on', async () => {
  const engines = [worker({infer: 20}), worker({infer: 10})]
  const {several: parts, kept, told} = several()
  const host_ = host(engines, {...UNDECIDED, several: parts})
  host_.start()
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.equal(engines[1].seen.length, 0, 'nobody has needed it yet')
  await ask(host_, '1')
  assert.equal(host_.status('').threads, 1)
  await told
  assert.deepEqual(kept, [2])
  assert.equal(host_.status('').threads, 2)
  await engines[0].ended
  assert.deepEqual(engines[1].seen[0], {kind: 'start', threads: 2, minScore: 0.3})
  assert.equal((await ask(host_, '2')).at(-1)?.kind, 'result')
  assert.ok(engines[1].ids().includes('2'))
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.deepEqual(kept, [2], 'it is measured once')
  await host_.release()
})

test('where the worker that was found to be faster gives no sign, one thread takes over what waits, from then on', async (context) => {
  context.mock.method(console, 'warn', () => {})
  const engines = [worker({infer: 20}), worker({infer: 10}), worker()]
  const {several: parts, kept, told} = several()
  const host_ = host(engines, {...UNDECIDED, several: parts, stalledMs: 50})
  await ask(host_, '1')
  await told
  host_.classify(work('slow'), ({kind}) => {
    if (kind !== 'progress') assert.fail('it was answered')
  })
  await engines[1].ended
  while (engines[2].seen.length < 2) await new Promise((resolve) => setTimeout(resolve))
  assert.equal(engines[2].seen.find(({kind}) => kind === 'start').threads, 1)
  assert.deepEqual(engines[2].ids(), ['slow'])
  assert.deepEqual(kept, [2, 1])
  host_.cancel('slow')
  await host_.release()
})

test('nothing is measured while a request waits, even one that came in the quiet time', async () => {
  const spare = worker()
  const host_ = host([worker(), spare], {...UNDECIDED, quietMs: 20, several: several().several})
  await ask(host_, '1')
  host_.classify(work('slow'), () => {})
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.equal(spare.seen.length, 0)
  host_.cancel('slow')
  await host_.release()
  spare.terminate()
})

test('what is still told of a worker that was ended concerns nobody', async () => {
  const engines = [worker(), worker()]
  const host_ = host(engines)
  await ask(host_, '1')
  await host_.release()
  host_.classify(work('slow'), ({kind}) => {
    if (kind !== 'progress') assert.fail('it was answered')
  })
  const late = new MessageEvent('message', {
    data: {kind: 'broken', message: 'late', trapped: false},
  })
  engines[0].onmessage?.call(engines[0], late)
  assert.equal(host_.status('slow').known, true)
  host_.cancel('slow')
  await host_.release()
})

test('who asks while threads are measured is answered by the worker that was there, and it is begun anew', async () => {
  const silent = worker({starts: null})
  const engines = [worker({infer: 20}), silent, worker({infer: 20})]
  const {several: parts, kept, told} = several()
  const host_ = host(engines, {...UNDECIDED, several: parts})
  await ask(host_, '1')
  while (!silent.seen.length) await new Promise((resolve) => setTimeout(resolve))
  assert.equal((await ask(host_, '2')).at(-1)?.kind, 'result')
  assert.deepEqual(engines[0].ids(), ['1', '2'])
  await silent.ended
  await told
  assert.deepEqual(kept, [1])
  await engines[2].ended
  assert.equal((await ask(host_, '3')).at(-1)?.kind, 'result')
  await host_.release()
})

test('a measurement in which the worker fails that was there is no answer, and the next request gets a new one', async (context) => {
  const warn = context.mock.method(console, 'warn', () => {})
  const spare = worker()
  const engines = [worker(), worker(), worker(), spare]
  const {several: parts, kept} = several()
  const host_ = host(engines, {...UNDECIDED, several: parts})
  await ask(host_, '1')
  engines[0].fails = true
  while (!warn.mock.callCount()) await new Promise((resolve) => setTimeout(resolve))
  await Promise.all(engines.slice(0, 2).map(({ended}) => ended))
  assert.equal(host_.status('').engine, 'off')
  assert.equal((await ask(host_, '2')).at(-1)?.kind, 'result')
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.deepEqual([kept, spare.seen], [[1], []], 'nor is it tried again, by this host or another')
  await host_.release()
  spare.terminate()
})

test('a worker with more threads that lacks a part of the runtime has the measurement made again with all of it', async (context) => {
  context.mock.method(console, 'warn', () => {})
  const engines = [
    worker({infer: 20}),
    worker({starts: false, trapped: true}),
    worker({infer: 20}),
    worker({infer: 10}),
  ]
  const {several: parts, kept, told} = several()
  const host_ = host(engines, {...UNDECIDED, several: parts})
  await ask(host_, '1')
  await Promise.all(engines.slice(0, 2).map(({ended}) => ended))
  assert.equal((await ask(host_, '2')).at(-1)?.kind, 'result')
  await told
  assert.deepEqual(kept, [2])
  assert.deepEqual(
    engines.map(({whole}) => whole),
    [false, false, true, true],
  )
  await host_.release()
})

test('a release does not wait for a measurement', async () => {
  const silent = worker({starts: null})
  const engines = [worker(), silent]
  const {several: parts, kept} = several()
  const host_ = host(engines, {...UNDECIDED, several: parts})
  await ask(host_, '1')
  while (!silent.seen.length) await new Promise((resolve) => setTimeout(resolve))
  await host_.release()
  await Promise.all(engines.map(({ended}) => ended))
  assert.deepEqual(kept, [])
  assert.equal(host_.status('').engine, 'off')
})

test('nothing is measured where the number is decided or a page may use one thread only', async () => {
  const {
    several: {keep},
    kept,
  } = several()
  for (const parts of [{several: {most: 4, keep}, quietMs: 5}, UNDECIDED]) {
    const spare = worker()
    const host_ = host([worker(), spare], parts)
    await ask(host_, '1')
    await new Promise((resolve) => setTimeout(resolve, 30))
    assert.deepEqual([kept, spare.seen], [[], []])
    await host_.release()
    spare.terminate()
  }
})

test('where several threads cannot be started or give no sign, one is, from then on', async (context) => {
  context.mock.method(console, 'warn', () => {})
  for (const [id, starts] of /** @type {[string, boolean | null][]} */ ([
    ['1', false],
    ['2', null],
    ['slow', true],
  ])) {
    const engines = [worker({starts}), worker(), worker()]
    const {several: parts, kept} = several()
    const host_ = host(engines, {several: parts, stalledMs: 30})
    const answers = ask(host_, id)
    if (id === 'slow') await engines[0].ended
    else assert.equal((await answers).at(-1)?.kind, 'result')
    host_.cancel(id)
    await host_.release()
    await ask(host_, '3')
    await host_.release()
    assert.deepEqual(
      engines.map(({seen}) => seen.find(({kind}) => kind === 'start').threads),
      [2, 1, 1],
    )
    assert.deepEqual(kept, [1])
  }
})

test('work that gives no sign with one thread has failed, and the next request gets a new worker', async () => {
  const host_ = host([worker(), worker()], {stalledMs: 30})
  const failure = (await ask(host_, 'slow')).at(-1)
  assert.ok(failure?.kind === 'failure')
  assert.equal(failure.code, 'run_failed')
  assert.equal((await ask(host_, '2')).at(-1)?.kind, 'result')
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.equal(host_.status('').engine, 'ready', 'who waits for nothing needs no sign')
  await host_.release()
})

test("the worker starts with the reader's settings, or with ours where they cannot be read", async () => {
  const engines = [worker(), worker()]
  const first = host(engines.slice(0, 1), {several: several().several})
  await ask(first, '1')
  assert.deepEqual(
    engines[0].seen.find(({kind}) => kind === 'start'),
    {kind: 'start', threads: 2, minScore: 0.3},
  )
  const second = host(engines.slice(1), {
    readSettings: () => Promise.reject(new Error('no storage')),
  })
  await ask(second, '1')
  assert.equal(engines[1].seen.find(({kind}) => kind === 'start').threads, 1)
  await Promise.all([first.release(), second.release()])
})

test('a run that fails is answered, and what waits goes to a new worker', async () => {
  const engines = [worker(), worker()]
  const host_ = host(engines)
  host_.classify(work('slow'), () => {})
  const failure = (await ask(host_, 'bad')).at(-1)
  assert.ok(failure?.kind === 'failure')
  assert.deepEqual([failure.code, failure.hint], ['run_failed', 'retry'])
  assert.equal((await ask(host_, '3')).at(-1)?.kind, 'result')
  assert.deepEqual(
    engines.map(({ids}) => ids()),
    [
      ['slow', 'bad'],
      ['slow', '3'],
    ],
  )
  host_.cancel('slow')
  await host_.release()
})

for (const [when, options] of /** @type {const} */ ([
  ['start', {starts: false, trapped: true}],
  ['run', {trapped: true}],
])) {
  test(`a ${when} that calls what was left out of the runtime is made again with all of it, and so are later starts`, async (context) => {
    const warn = context.mock.method(console, 'warn', () => {})
    const engines = [worker(options), worker(), worker()]
    const host_ = host(engines)
    host_.classify(work('slow'), () => {})
    assert.equal((await ask(host_, 'rare')).at(-1)?.kind, 'result')
    assert.equal(warn.mock.callCount(), 1)
    host_.cancel('slow')
    await host_.release()
    assert.equal((await ask(host_, '4')).at(-1)?.kind, 'result')
    await host_.release()
    assert.deepEqual(
      engines.map(({whole}) => whole),
      [false, true, true],
    )
    assert.ok(engines[1].ids().includes('slow'), 'what waited goes to the new worker')
  })
}

test('an engine that is started ahead of all work is started again with all of the runtime', async (context) => {
  const warn = context.mock.method(console, 'warn', () => {})
  const engines = [worker({starts: false, trapped: true}), worker()]
  const host_ = host(engines)
  host_.start()
  while (!warn.mock.callCount()) await new Promise((resolve) => setTimeout(resolve))
  assert.equal((await ask(host_, '1')).at(-1)?.kind, 'result')
  assert.equal(engines[1].whole, true)
  await host_.release()
})

test('a whole runtime that fails is an error', async (context) => {
  context.mock.method(console, 'warn', () => {})
  const host_ = host([
    worker({starts: false, trapped: true}),
    worker({starts: false, trapped: true}),
    worker(),
  ])
  const failure = (await ask(host_, '1')).at(-1)
  assert.ok(failure?.kind === 'failure')
  assert.equal(failure.code, 'start_failed')
  assert.equal((await ask(host_, '2')).at(-1)?.kind, 'result')
  await host_.release()
})

test('a cancelled request is cancelled in the worker and never answered again', async () => {
  const engine = worker()
  const host_ = host([engine])
  host_.classify(work('slow'), ({kind}) => {
    if (kind !== 'progress') assert.fail('a cancelled request was answered')
  })
  host_.cancel('slow')
  await ask(host_, '2')
  assert.deepEqual(
    engine.seen.map(({kind, id}) => [kind, id]).filter(([kind]) => kind === 'cancel'),
    [['cancel', 'slow']],
  )
  await host_.release()
})

test('a start that fails is told to all who wait, and the next request gets a new worker', async () => {
  const host_ = host([worker({starts: false}), worker()])
  for (const answers of await Promise.all([ask(host_, '1'), ask(host_, '2')])) {
    const last = answers.at(-1)
    assert.ok(last?.kind === 'failure')
    assert.equal(last.code, 'start_failed')
  }
  assert.equal((await ask(host_, '3')).at(-1)?.kind, 'result')
  await host_.release()
})

test('a start that gives no sign has failed, however often one waits for it, and the next request gets a new worker', async () => {
  const host_ = host([worker({starts: null}), worker({starts: null}), worker()], {stalledMs: 30})
  for (const id of ['1', '2']) {
    const failure = (await ask(host_, id)).at(-1)
    assert.ok(failure?.kind === 'failure')
    assert.equal(failure.code, 'start_failed')
  }
  assert.equal((await ask(host_, '3')).at(-1)?.kind, 'result')
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.equal(host_.status('').engine, 'ready')
  await host_.release()
})

test('an empty text is refused without waking the engine', async () => {
  const [answer] = await ask(host([]), '1', ' \n')
  assert.ok(answer.kind === 'failure')
  assert.equal(answer.code, 'no_text')
})

test('release waits for the work, ends the worker, and the next request starts another', async () => {
  const engines = [worker(), worker()]
  const host_ = host(engines)
  host_.classify(work('slow'), () => {})
  let released = false
  const release = host_.release().then(() => {
    released = true
  })
  await ask(host_, '1')
  assert.equal(released, false)
  assert.deepEqual(host_.status('slow'), {
    kind: 'status',
    id: 'slow',
    engine: 'ready',
    threads: 1,
    known: true,
    requests: 1,
  })
  host_.cancel('slow')
  await release
  assert.deepEqual(host_.status('slow'), {
    kind: 'status',
    id: 'slow',
    engine: 'off',
    threads: null,
    known: false,
    requests: 0,
  })
  assert.equal((await ask(host_, '2')).at(-1)?.kind, 'result')
  await host_.release()
})

test('after the idle time the worker ends by itself', async () => {
  const host_ = host([worker(), worker()], {
    readSettings: async () => ({threads: 1, releaseAfterMinutes: 0.001, minScore: null}),
  })
  await ask(host_, '1')
  while (host_.status('').engine !== 'off') await new Promise((resolve) => setTimeout(resolve, 10))
  assert.equal((await ask(host_, '2')).at(-1)?.kind, 'result')
  await host_.release()
})

test('a host that has had neither work nor a worker for a moment leaves; one that is needed again stays', async () => {
  let left = 0
  const parts = {
    leave: () => {
      left++
    },
    lingerMs: 30,
  }
  const host_ = host([worker(), worker()], parts)
  await ask(host_, '1')
  await host_.release()
  await ask(host_, '2')
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.equal(left, 0)
  await host_.release()
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.equal(left, 1)

  await ask(host([worker({starts: false})], parts), '3')
  await new Promise((resolve) => setTimeout(resolve, 60))
  assert.equal(left, 2)
})

test('scores are remembered for what stands on a page of no private window, and for nothing else', () => {
  const own = 'moz-extension://ours/'
  const framed = {
    id: 'us',
    url: `${own}ui/card/card.html`,
    frameId: 3,
    tab: {incognito: false},
  }
  const senders = {
    'a card on a page': framed,
    'a card in a private window': {...framed, tab: {incognito: true}},
    'a page of ours in a tab': {...framed, frameId: 0},
    'a popup': {...framed, frameId: 0, tab: undefined},
  }
  /** @type {(port: any) => void} */ let connect = () => assert.fail('nobody listens')
  const runtime = {
    id: 'us',
    getURL: () => own,
    onConnect: {
      addListener: (/** @type {typeof connect} */ listener) => {
        connect = listener
      },
    },
  }
  Object.assign(globalThis, {chrome: {runtime}})
  /** @type {import('../../../extension/shared/messages.js').Work[]} */ const works = []
  serve({...host([]), classify: (work) => works.push(work)})
  for (const [id, sender] of Object.entries(senders)) {
    // what a message says of it does not count
    const request = {kind: 'classify', ...work(id), remember: true}
    const onMessage = {
      addListener: (/** @type {(message: unknown) => void} */ hear) => hear(request),
    }
    connect({name: 'engine', sender, onMessage, onDisconnect: {addListener() {}}})
  }
  assert.deepEqual(
    works.map(({id, remember}) => [id, remember]),
    Object.keys(senders).map((id) => [id, id === 'a card on a page']),
  )
})
