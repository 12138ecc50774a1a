// What the host's thread reads for the worker, in which order, with files that are given.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {nth} from '../support/nth.js'
import {createEngineWorker} from '../../../extension/host/engine-worker.js'
import {withIntegrity} from './support.js'
import {startSource, supply} from '../../../extension/host/asset-loader.js'

const WASM = 'runtime/ort-wasm-simd-threaded.wasm'
const SPEC = {
  graph: 'model.onnx',
  weights: 'weights.bin',
  tokenizer: {vocabulary: 'vocab.txt'},
  files: [
    {path: 'model.onnx', bytes: 3},
    {path: 'weights.bin', bytes: 4},
    {path: 'vocab.txt', bytes: 5},
  ],
}
/** A runtime of which the list of used functions does not tell: it is given whole. */
const FILES = withIntegrity({
  [WASM]: [1, 2, 3],
  'model/model.json': Buffer.from(JSON.stringify(SPEC)),
  'model/model.onnx': [1, 1, 1],
  'model/weights.bin': [2, 2, 2, 2],
  'model/vocab.txt': Buffer.from('a\nb\nc'),
  'runtime/ort.wasm.min.mjs': Buffer.from('export {}'),
  'engine/scores.js': Buffer.from('export {}'),
})

/**
 * What is handed over of `files`, and what was asked for, in its order. One that is undefined
 * cannot be read; null never comes.
 * @param {import('node:test').TestContext} context
 * @param {Record<string, ArrayLike<number> | null | undefined>} files
 * @param {boolean} [whole]
 */
function supplied(context, files, whole = false) {
  /** @type {string[]} */ const asked = []
  /** @type {any[]} */ const handed = []
  /** @type {[number, number][]} */ const progress = []
  context.mock.method(globalThis, 'fetch', async (/** @type {URL} */ {pathname}) => {
    const name = nth(pathname.split('/extension/'), 1)
    asked.push(name)
    const bytes = files[name]
    if (bytes === null) return new Promise(() => {})
    return bytes === undefined
      ? new Response(null, {status: 404})
      : new Response(Uint8Array.from(bytes))
  })
  const done = supply({
    whole,
    source: startSource(() => assert.fail('nothing is fetched')),
    hand: (part, transfer) => handed.push(structuredClone(part, {transfer})),
    onProgress: (_, done, total) => progress.push([done, total]),
  })
  return {asked, handed, progress, done}
}

test('runtime and vocabulary are handed over first, and the weights are asked for last', async (context) => {
  const {asked, handed, progress, done} = supplied(context, FILES)
  await done
  assert.deepEqual(
    handed
      .map(({kind}) => kind)
      .slice(0, 2)
      .sort(),
    ['model', 'runtime'],
  )
  assert.equal(handed[2].kind, 'weights')
  assert.deepEqual(asked.slice(-4, -2).sort(), ['model/model.onnx', 'model/weights.bin'])
  const onlyCompared = ['engine/scores.js', 'runtime/ort.wasm.min.mjs']
  assert.deepEqual(asked.slice(-2).sort(), onlyCompared)
  assert.deepEqual(handed.map(({kind}) => kind).slice(2), ['weights', 'checked'])
  const parts = Object.fromEntries(handed.map((part) => [part.kind, part]))
  assert.deepEqual([...parts.runtime.wasm], FILES[WASM])
  assert.deepEqual([parts.model.spec, parts.model.vocabulary], [SPEC, 'a\nb\nc'])
  assert.deepEqual(
    [...parts.weights.modelBytes.graph, ...parts.weights.modelBytes.weights],
    [1, 1, 1, 2, 2, 2, 2],
  )
  assert.ok(
    parts.weights.read.from >= parts.runtime.read.to,
    'the weights were read before the runtime was there',
  )
  assert.deepEqual(progress.at(-1), [12, 12])
})

test('a runtime that has to be whole is read once, as it is', async (context) => {
  const {asked, handed, done} = supplied(context, FILES, true)
  await done
  assert.deepEqual(
    asked.filter((name) => name === WASM),
    [WASM],
  )
  assert.deepEqual([...handed.find(({kind}) => kind === 'runtime').wasm], FILES[WASM])
})

/** @type {[string, (bytes: number[]) => number[] | undefined][]} */
const DAMAGES = [
  ['cannot be read', () => undefined],
  ['has one byte altered', ([first = 0, ...rest]) => [first ^ 1, ...rest]],
  ['lacks its last byte', (bytes) => bytes.slice(0, -1)],
  ['has a byte too many', (bytes) => [...bytes, 10]],
  ['is empty', () => []],
]
for (const name of Object.keys(FILES)) {
  for (const [damage, alter] of DAMAGES) {
    if (name === 'integrity.json' && damage === 'has a byte too many') continue // white space
    test(`${name} that ${damage} is told of, and no engine is declared fit`, async (context) => {
      const {handed, done} = supplied(context, {
        ...FILES,
        [name]: alter([...Array.from(FILES[name] ?? [])]),
      })
      await assert.rejects(done, (/** @type {Error} */ error) => {
        assert.equal(error.name, 'DamagedError')
        assert.ok(error.message.includes(name.split('/').at(-1) ?? ''), error.message)
        return true
      })
      assert.equal(
        handed.find(({kind}) => kind === 'checked'),
        undefined,
      )
    })
  }
}

test(
  'a runtime that cannot be read is an error at once, whatever is still being read',
  {timeout: 5000},
  async (context) => {
    await assert.rejects(
      supplied(context, {...FILES, [WASM]: undefined, 'model/model.json': null}).done,
      /cannot be read \(404\)/,
    )
  },
)

test('a file of another length than model.json gives is an error', async (context) => {
  await assert.rejects(supplied(context, {...FILES, 'model/weights.bin': [2]}).done, {
    message: 'weights.bin has 1 bytes instead of 4',
  })
})

test(
  'the host hears of a file that cannot be read as if its worker had told it',
  {timeout: 5000},
  async (context) => {
    context.mock.method(globalThis, 'fetch', async () => new Response(null, {status: 404}))
    class Silent extends EventTarget {
      postMessage() {}
    }
    Object.assign(globalThis, {Worker: Silent})
    const worker = createEngineWorker(false)
    const {kind, message, trapped, code} = await new Promise((resolve) =>
      worker.addEventListener('message', ({data}) => resolve(data)),
    )
    assert.deepEqual([kind, trapped, code], ['broken', false, 'damaged'])
    assert.match(message, /cannot be read \(404\)/)
  },
)
