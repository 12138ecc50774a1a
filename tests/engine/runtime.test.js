// What is compiled ahead of ONNX Runtime.
import assert from 'node:assert/strict'
import {mock, test} from 'node:test'
import {compileRuntime} from '../../extension/engine/runtime.js'

const SMALLEST_WASM = 'AGFzbQEAAAA='

test('where a wasm cannot be compiled while it is read, its bytes are', async () => {
  const warn = mock.method(console, 'warn', () => {})
  for (const [type, warnings] of /** @type {const} */ ([['application/wasm', 0], ['text/plain', 1]])) { // a browser streams no other type
    assert.ok(await compileRuntime(new URL(`data:${type};base64,${SMALLEST_WASM}`)) instanceof WebAssembly.Module)
    assert.equal(warn.mock.callCount(), warnings)
  }
  await assert.rejects(compileRuntime(new URL('data:application/wasm,no')), WebAssembly.CompileError)
})
