// node library_in_node.js KIND TOKENIZER.JSON ORACLE: prints the outcome as one JSON object.
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {createTokenizer} from '../../extension/engine/tokenizer.js'
import {compare} from './compare.js'

const [kind = '', description = '', oracle = ''] = process.argv.slice(2)
const tokenizer = await createTokenizer(
  {kind: /** @type {'bpe' | 'unigram'} */ (kind), vocabulary: 'tokenizer.json'},
  readFileSync(description, 'utf8'),
  // @ts-expect-error - the path leads past the package's types
  () => import('../../tools/node_modules/@huggingface/tokenizers/dist/tokenizers.mjs'),
)
const numbers = (/** @type {string} */ name) =>
  new Uint32Array(Uint8Array.from(readFileSync(join(oracle, name))).buffer)
const texts = JSON.parse(readFileSync(join(oracle, 'texts.json'), 'utf8'))
const outcome = compare(
  (text) => tokenizer.encode(text),
  texts,
  numbers('ids.bin'),
  numbers('offsets.bin'),
)
console.log(JSON.stringify(outcome))
