// Whether what the engine reads is what was packed: SHA-256 of its files, and the scores of a text.

import {DamagedError, open, readWhole} from './stream-file.js'

/**
 * integrity.json, which the builder writes. `files`: SHA-256 in hexadecimal by place in the
 * package.
 * `trimmedRuntime`: of the runtime without what is left out of it. `selfTest`: what ONNX Runtime in
 * Python gave for a text, a score a label.
 * @typedef {{text: string, scores: number[], tolerance: number}} SelfTest
 * @typedef {{files: Record<string, string>, trimmedRuntime: string | null, selfTest: SelfTest}}
 *   Integrity
 */

/** @returns {Promise<Integrity>} @throws {DamagedError} if it cannot be read. */
export async function readIntegrity() {
  // Not before it is needed: where the engine runs at a network's edge, modules have no address.
  const url = new URL('../integrity.json', import.meta.url)
  const bytes = await readWhole(await open(url))
  return readJson(new TextDecoder().decode(bytes), 'integrity.json')
}

/** @param {string} text @param {string} name @throws {DamagedError} if it is no JSON. */
export function readJson(text, name) {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new DamagedError(`${name} is no JSON: ${error}`)
  }
}

/**
 * @param {string} name  Of the file, for the message.
 * @param {Uint8Array<ArrayBuffer>} bytes  They may be given away as soon as this returns.
 * @param {Promise<string | null | undefined>} sha256
 * @throws {DamagedError} if they have another SHA-256.
 */
export async function check(name, bytes, sha256) {
  // Takes a copy, and works in a thread of the browser's.
  const digest = crypto.subtle.digest('SHA-256', bytes)
  const [got, wanted] = await Promise.all([digest, sha256])
  const hex = Array.from(new Uint8Array(got), (byte) => byte.toString(16).padStart(2, '0')).join('')
  if (hex !== wanted)
    throw new DamagedError(`${name} is not what was packed: its SHA-256 is ${hex}`)
}

/** Numbers that differ from those of the builder: no answer can be trusted. */
export class WrongNumbersError extends Error {
  name = 'WrongNumbersError'
}

/**
 * @param {{classify: (text: string) => Promise<{scores: number[]}>}} classifier
 * @param {SelfTest} selfTest
 * @throws {WrongNumbersError} if a score differs by more than the tolerance.
 */
export async function passSelfTest(classifier, {text, scores, tolerance}) {
  const got = (await classifier.classify(text)).scores
  const differences = scores.map((score, label) => Math.abs(score - (got[label] ?? NaN)))
  // Not the other way round, as a comparison with NaN is false.
  if (got.length !== scores.length || !differences.every((difference) => difference <= tolerance))
    throw new WrongNumbersError(
      `The self-test gave ${got.map((score) => score.toFixed(3)).join(', ')} instead of ${scores.join(', ')}`,
    )
}
