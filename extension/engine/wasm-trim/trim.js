// Leaves out of ONNX Runtime's wasm what classifiers never call, so that a browser need not compile
// and keep it.

/**
 * What is used of one wasm file, which is known by its length, `bytes`. `runs`: how many bytes are
 * kept, how many are left out after them,
 * how many functions those are, and so on to the end of the file. `codeSize`: where the file says
 * how long its code section is (WebAssembly
 * Core Specification, 5.5.13), in how many bytes, and what is true of what is left.
 * @typedef {{bytes: number, codeSize: {at: number, places: number, value: number}, runs: number[]}}
 *   Used
 */

const NOTHING = {from: Infinity, until: Infinity, to: 0}
const TRAP = [3, 0, 0, 11] // a function body of three bytes: no locals, `unreachable`, `end`

/**
 * Makes of a wasm file, taken in pieces in their order, the same module, but that the functions
 * that are left out trap
 * (`WebAssembly.RuntimeError`) when they are called.
 * @param {Used} used
 */
export function createTrimmer({bytes, codeSize, runs}) {
  const steps = Array.from({length: runs.length / 3}, (_, step) => {
    const [kept = 0, leftOut = 0, functions = 0] = runs.slice(3 * step, 3 * step + 3)
    return {kept, leftOut, functions}
  })
  const most = Math.max(...steps.map(({functions}) => functions))
  const traps = Uint8Array.from(Array.from({length: most}, () => TRAP).flat())
  const trimmed = new Uint8Array(
    steps.reduce((sum, {kept, functions}) => sum + kept + TRAP.length * functions, 0),
  )
  let [from, to] = [0, 0]
  const kept = steps.map(({kept, leftOut, functions}) => {
    const run = {from, until: from + kept, to}
    trimmed.set(traps.subarray(0, TRAP.length * functions), to + kept)
    from += kept + leftOut
    to += kept + TRAP.length * functions
    return run
  })
  let taken = 0
  let next = 0 // of `kept`: what ends in a piece that is still to come

  return {
    /** @param {Uint8Array} piece */
    take(piece) {
      const end = taken + piece.length
      for (; next < kept.length; next++) {
        const {from, until, to} = kept[next] ?? NOTHING
        if (from >= end) break
        const begin = Math.max(from, taken)
        trimmed.set(piece.subarray(begin - taken, until - taken), to + begin - from)
        if (until > end) break
      }
      taken = end
    },

    /**
     * @returns {Uint8Array<ArrayBuffer> | null} The module; null if `used` tells of another file.
     */
    finish() {
      if (taken !== bytes) return null
      const {at, places, value} = codeSize
      for (let place = 0; place < places; place++)
        trimmed[at + place] = ((value >>> (7 * place)) & 127) | (place < places - 1 ? 128 : 0)
      return trimmed
    },
  }
}
