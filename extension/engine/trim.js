// Leaves out of ONNX Runtime's wasm what classifiers never call, so that a browser need not compile and keep it.

/**
 * What is used of one wasm file, told by its size. `runs`: how many functions in a row are left out, kept, left out, kept, and so on.
 * @typedef {{bytes: number, runs: number[]}} Used
 */

const HEADER_BYTES = 8
const CODE = 10 // the section of function bodies (WebAssembly Core Specification, 5.5.13)
const TRAP = [3, 0, 0, 11] // a function body of three bytes: no locals, `unreachable`, `end`

/**
 * The same module, but that the functions that are left out trap (`WebAssembly.RuntimeError`) when they are called.
 * @param {Uint8Array<ArrayBuffer>} wasm @param {Used} used @returns {Uint8Array<ArrayBuffer>} `wasm` itself if `used` tells of another file.
 */
export function trim(wasm, {bytes, runs}) {
  if (wasm.length !== bytes) return wasm
  let at = HEADER_BYTES
  const number = () => {
    let [value, shift, byte] = [0, 0, 0]
    do {
      byte = wasm[at++]
      value |= (byte & 127) << shift
      shift += 7
    } while (byte > 127)
    return value >>> 0
  }
  const pass = () => {
    const size = number()
    at += size
  }

  while (at < bytes && wasm[at] !== CODE) {
    at++
    pass()
  }
  if (at >= bytes) return wasm
  const begin = at++
  const end = number() + at
  const count = number()
  if (runs.reduce((sum, length) => sum + length) !== count) return wasm
  const traps = Uint8Array.from({length: TRAP.length * Math.max(...runs)}, (_, index) => TRAP[index % TRAP.length])
  /** @type {ArrayLike<number>[]} */ const bodies = [unsigned(count)]
  runs.forEach((length, run) => {
    const from = at
    for (let left = length; left; left--) pass()
    bodies.push(run % 2 ? wasm.subarray(from, at) : traps.subarray(0, TRAP.length * length))
  })
  const size = bodies.reduce((sum, {length}) => sum + length, 0)
  return joined([wasm.subarray(0, begin), [CODE], unsigned(size), ...bodies, wasm.subarray(end)])
}

/** An unsigned number in LEB128. @param {number} value */
function unsigned(value) {
  const bytes = []
  for (; value > 127; value >>>= 7) bytes.push(value & 127 | 128)
  return [...bytes, value]
}

/** @param {ArrayLike<number>[]} parts */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, {length}) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
