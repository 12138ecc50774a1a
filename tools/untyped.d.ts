// Modules that have no types of their own, or that are there only once a package is built.
declare module '*/tokenizers/tokenizers.mjs'
declare module '*/tokenizers/tokenizers_wasm_bg.js'
declare module '*/tokenizers/web-tokenizers.js'
declare module '*/transformers/transformers.min.js'
