// Token ids by the extension's own tokenizer, for browser_tokenizer.py: reads one JSON object from
// standard input, and writes the ids of each text.
import {readFileSync} from 'node:fs'
// @ts-expect-error: copied beside this file before it runs
import {createTokenizer} from './engine/tokenizer.js'

const {spec, vocabulary, texts} = JSON.parse(readFileSync(0, 'utf8'))
const tokenizer = await createTokenizer(
  spec,
  readFileSync(vocabulary, 'utf8'),
  () =>
    // @ts-expect-error: copied beside this file before it runs
    import('./tokenizers.mjs'),
)
const ids = texts.map((/** @type {string} */ text) => [...tokenizer.encode(text).inputIds])
process.stdout.write(JSON.stringify(ids))
