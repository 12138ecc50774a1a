// `[runtime] trim = false`: the author's settings are read once a process, so this has a file of
// its own.
import assert from 'node:assert/strict'
import {test} from 'node:test'
import {nth} from '../support/nth.js'
import {withIntegrity} from './support.js'
import {startSource, supply} from '../../../extension/host/asset-loader.js'

const WASM = 'runtime/ort-wasm-simd-threaded.wasm'
const FILES = /** @type {Record<string, ArrayLike<number>>} */ (
  withIntegrity({
    [WASM]: [1, 2, 3],
    'settings.json': Buffer.from(JSON.stringify({trim: false})),
    'model/model.json': Buffer.from(
      JSON.stringify({
        graph: 'model.onnx',
        tokenizer: {vocabulary: 'vocab.txt'},
        files: [
          {path: 'model.onnx', bytes: 1},
          {path: 'vocab.txt', bytes: 1},
        ],
      }),
    ),
    'model/model.onnx': [1],
    'model/vocab.txt': Buffer.from('a'),
  })
)

test('a runtime that the author wants untrimmed is read once, as it is', async (context) => {
  /** @type {string[]} */ const asked = []
  /** @type {any[]} */ const handed = []
  context.mock.method(globalThis, 'fetch', async (/** @type {URL} */ {pathname}) => {
    const name = nth(pathname.split('/extension/'), 1)
    asked.push(name)
    return new Response(Uint8Array.from(FILES[name] ?? []))
  })
  await supply({
    whole: false,
    source: startSource(() => {}),
    hand: (part) => handed.push(part),
    onProgress: () => {},
  })
  // A trimmed read of a file that the list does not know would be followed by a second, whole one.
  assert.deepEqual(
    asked.filter((name) => name === WASM),
    [WASM],
  )
  assert.deepEqual([...handed.find(({kind}) => kind === 'runtime').wasm], [1, 2, 3])
})
