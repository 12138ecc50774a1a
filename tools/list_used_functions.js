// Runs models as the engine does, in a Node that tells of each function of ONNX Runtime's wasm when
// it is compiled, which is at its first call. Arguments: how many threads, the file of the wasm,
// then folders of assets; list_used_functions.py reads the output.
import {readFileSync} from 'node:fs'
import {startRuntime} from '../extension/engine/wasm-trim/runtime.js'
import {createClassifier} from '../extension/engine/session.js'

// tokens: kernels treat odd ends apart
const LENGTHS = [2, 3, 4, 5, 7, 8, 13, 16, 24, 31, 64, 100, 128, 200, 256, 333, 512]
const IDS = 5 // every vocabulary has so many

const [threads, wasm = '', ...folders] = process.argv.slice(2)
// For several threads ONNX Runtime fetches its module and imports that as a blob, and Node does
// neither with a file: so it gets the file.
globalThis.fetch = /** @type {any} */ (
  async (/** @type {string} */ address) => ({blob: async () => address})
)
URL.createObjectURL = (address) => String(address)
const ort = await import(
  new URL('node_modules/onnxruntime-web/dist/ort.wasm.min.mjs', import.meta.url).href
)
const compiled = await WebAssembly.compile(readFileSync(wasm))
console.log(
  `imported functions: ${WebAssembly.Module.imports(compiled).filter(({kind}) => kind === 'function').length}`,
)
await startRuntime(/** @type {any} */ (ort), Number(threads), Promise.resolve(compiled))
for (const folder of folders) {
  const read = (/** @type {string} */ name) => new Uint8Array(readFileSync(`${folder}/${name}`))
  const spec = JSON.parse(readFileSync(`${folder}/model.json`, 'utf8'))
  const modelBytes = {graph: read(spec.graph), weights: spec.weights ? read(spec.weights) : null}
  const tokenizer = /** @type {any} */ ({}) // texts are given as ids
  const classifier = await createClassifier({
    ort: /** @type {any} */ (ort),
    modelBytes,
    spec,
    tokenizer,
  })
  for (const length of LENGTHS.filter((length) => length <= spec.max_length)) {
    await classifier.score({ids: Int32Array.from({length}, (_, place) => place % IDS), own: length})
  }
}
process.exit(0) // the runtime leaves something open
