// Types that several modules of the delivery use. Nothing runs here, and nothing of it ships.

/**
 * The model of one start of the engine. `files`: those that the server delivers. `answered`: it
 * passed its self-test. `failed`: it did not start, and what the reader would be told. `standIn`:
 * whether the one before it is still there.
 * @typedef {object} Chosen
 * @property {import('./delivery.js').DeliveredFile[]} files
 * @property {() => Promise<import('../engine/integrity.js').Integrity>} readIntegrity
 * @property {() => Promise<void>} answered
 * @property {(code: import('../shared/failures.js').FailureCode | undefined) => Promise<void>}
 *   failed
 * @property {boolean} standIn
 */

export {}
