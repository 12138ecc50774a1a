// Types that several modules of the host use. Nothing runs here, and nothing of it ships.

/**
 * @typedef {Pick<Worker, 'postMessage' | 'terminate' | 'onmessage' | 'onerror'>} WorkerLike
 *
 * A worker of the engine, and how many threads it uses.
 * @typedef {{worker: WorkerLike, threads: number}} Runner
 *
 * For a page that may use several threads. `most`: how many are worth a try. `keep`: has the number
 * that was found to be the fastest be what `readSettings` tells in place of 'auto'.
 * @typedef {{most: number, keep: (threads: number) => Promise<unknown>}} SeveralThreads
 *
 * What answers UI pages.
 * @typedef {object} Engine
 * @property {(work: import('../shared/messages.js').Work,
 *   answer: import('./request-table.js').Answer) => void} classify
 * @property {(id: string) => void} cancel
 * @property {(id: string) => import('../shared/messages.js').Status} status
 * @property {() => Promise<void>} release
 */

export {}
