// node in_node.js ASSET ORACLE...: prints one JSON object with the outcome for each oracle folder.
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {createWordPieceTokenizer} from '../../extension/engine/tokenizer-wordpiece.js'
import {compare} from './compare.js'

const [asset = '', ...oracles] = process.argv.slice(2)
const {tokenizer: spec} = JSON.parse(readFileSync(join(asset, 'model.json'), 'utf8'))
const tokenizer = createWordPieceTokenizer(spec, readFileSync(join(asset, spec.vocabulary), 'utf8'))
const outcomes = oracles.map((folder) => {
  const numbers = (/** @type {string} */ name) =>
    new Uint32Array(Uint8Array.from(readFileSync(join(folder, name))).buffer)
  const texts = JSON.parse(readFileSync(join(folder, 'texts.json'), 'utf8'))
  return compare(
    (text) => tokenizer.encode(text),
    texts,
    numbers('ids.bin'),
    numbers('offsets.bin'),
  )
})
console.log(JSON.stringify(outcomes))
