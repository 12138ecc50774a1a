// Other tokenizers of the same kind and vocabulary: JavaScript, and Rust compiled to wasm by two
// hands.

/**
 * By name: how a library is loaded, and how it then makes ids of a text.
 * @type {Record<string, () => Promise<(text: string) => ArrayLike<number | bigint>>>}
 */
const libraries = {
  async 'tokenizers.js'() {
    const {Tokenizer} = await import('./tokenizers/tokenizers.mjs')
    const tokenizer = new Tokenizer(await (await fetch('tokenizers/tokenizer.json')).json(), {})
    return (text) => tokenizer.encode(text).ids
  },
  async 'tokenizers-wasm'() {
    const {begin, TokenizerWasm} = await import('./tokenizers/tokenizers_wasm_bg.js')
    const imports = {'./tokenizers_wasm_bg.js': await import('./tokenizers/tokenizers_wasm_bg.js')}
    const {instance} = await WebAssembly.instantiateStreaming(
      fetch('tokenizers/tokenizers_wasm_bg.wasm'),
      imports,
    )
    begin(instance.exports)
    const tokenizer = new TokenizerWasm(await (await fetch('tokenizers/tokenizer.json')).text())
    return (text) => {
      const encoding = tokenizer.encode(text, true)
      const ids = encoding.input_ids
      encoding.free()
      return ids
    }
  },
  async 'web-tokenizers'() {
    await import('./tokenizers/web-tokenizers.js') // no module: it adds to the global object
    const tokenizer = await /** @type {any} */ (self).tokenizers.Tokenizer.fromJSON(
      await (await fetch('tokenizers/tokenizer.json')).arrayBuffer(),
    )
    return (text) => tokenizer.encode(text) // without the two tokens around a text
  },
}

self.addEventListener('message', async ({data: {library, texts, passes}}) => {
  try {
    const began = performance.now()
    const encode = await libraries[library]?.()
    if (!encode) throw new Error(`no library “${library}”`)
    const load = performance.now() - began
    const ms = []
    /** @type {ArrayLike<number | bigint>[]} */ let ids = []
    for (let pass = 0; pass < passes; pass++) {
      const start = performance.now()
      ids = texts.map(encode)
      ms.push(performance.now() - start)
    }
    self.postMessage({load, ms, ids: ids.map((one) => Array.from(one, Number))})
  } catch (error) {
    self.postMessage({error: String(error)})
  }
})
