// Keeps a background alive that a browser would stop while it waits for a server.

const INTERVAL_MS = 10_000 // browsers stop one after 30 s without a call or an event

/** @template T @param {() => Promise<T>} work */
export async function awake(work) {
  const timer = setInterval(() => void chrome.runtime.getPlatformInfo?.(), INTERVAL_MS)
  try {
    return await work()
  } finally {
    clearInterval(timer)
  }
}
