// One address: fetched, watched, measured, compared; and tried again where that may help.

import {Failure} from '../shared/failures.js'
import {sha256Of} from './hash.js'

/**
 * @typedef {object} Patience
 * @property {number} attempts
 * @property {number} stalledMs  An answer that gives no byte for so long has failed.
 * @property {number} pauseMs  Before the second attempt; twice as long before each one after it.
 */

/** All attempts together take less than the host waits for a sign. @type {Patience} */
export const PATIENCE = {attempts: 4, stalledMs: 12_000, pauseMs: 500}

/**
 * @typedef {object} Wanted
 * @property {URL} url
 * @property {number} bytes  More are not read.
 * @property {string} [sha256]  None for what is judged by the caller; `bytes` is a limit then.
 */

/**
 * @param {Wanted} wanted
 * @param {(bytes: number) => void} onBytes  Called for every piece; negative where pieces were in
 *   vain.
 * @param {Patience} [patience]
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {Failure} that of the last attempt.
 */
export async function fetchChecked(wanted, onBytes, patience = PATIENCE) {
  let pause = patience.pauseMs
  for (let attempt = 1; ; attempt++) {
    let received = 0
    try {
      return await attemptFetch(
        wanted,
        (bytes) => {
          received += bytes
          onBytes(bytes)
        },
        patience.stalledMs,
      )
    } catch (error) {
      onBytes(-received)
      if (attempt >= patience.attempts) throw error
      console.warn(`${wanted.url.pathname}: attempt ${attempt} failed`, error)
    }
    await new Promise((resolve) => setTimeout(resolve, pause))
    pause *= 2
  }
}

/**
 * @param {Wanted} wanted
 * @param {(bytes: number) => void} onBytes
 * @param {number} stalledMs
 */
async function attemptFetch({url, bytes: length, sha256}, onBytes, stalledMs) {
  const watch = watchdog(stalledMs)
  try {
    const response = await fetch(url, {
      signal: watch.signal,
      // It is kept by us. What a cache on the way holds may be what failed before.
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    })
    watch.heard()
    if (!response.ok || !response.body)
      throw new Failure('download_refused', `${url.pathname} answers ${response.status}`)
    const bytes = await readUpTo(response.body, length, (count) => {
      watch.heard()
      onBytes(count)
    })
    if (sha256 && (bytes.length !== length || (await sha256Of(bytes)) !== sha256))
      throw new Failure('download_changed', `${url.pathname} has another SHA-256`)
    return bytes
  } catch (error) {
    if (error instanceof Failure) throw error
    if (watch.signal.aborted) throw new Failure('download_stalled', `${url.pathname} stalled`)
    throw new Failure('download_offline', `${url.pathname}: ${error}`)
  } finally {
    watch.end()
  }
}

/**
 * @param {ReadableStream<Uint8Array>} body
 * @param {number} length
 * @param {(bytes: number) => void} onBytes
 * @throws {Failure} if there is more.
 */
async function readUpTo(body, length, onBytes) {
  const bytes = new Uint8Array(length)
  const reader = body.getReader()
  let received = 0
  for (;;) {
    const {done, value} = await reader.read()
    if (done) return bytes.subarray(0, received)
    if (received + value.length > length) {
      void reader.cancel()
      throw new Failure('download_changed', `More than ${length} bytes came`)
    }
    bytes.set(value, received)
    received += value.length
    onBytes(value.length)
  }
}

/** Aborts what gives no sign for so long. @param {number} ms */
function watchdog(ms) {
  const controller = new AbortController()
  const bark = () => controller.abort()
  let timer = setTimeout(bark, ms)
  return {
    signal: controller.signal,
    heard() {
      clearTimeout(timer)
      timer = setTimeout(bark, ms)
    },
    end: () => clearTimeout(timer),
  }
}
