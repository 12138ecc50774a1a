// Tells the background what a script of ours found in the page. The background may be stopped at
// any moment, so it is told again until it answers; a message starts one that does not run.

var lensmith = lensmith || {}

lensmith.report = (() => {
  /** A lost answer shows at once in most cases, and else by this. */
  const ANSWER_MS = 4000
  const PAUSES_MS = [50, 200, 500, 1000, 1000, 1000, 1000]

  /**
   * @template {keyof import('../shared/messages.js').PageCalls} K
   * @param {K} kind
   * @param {Parameters<import('../shared/messages.js').PageCalls[K]>[0]} body
   * @returns {Promise<boolean>} Whether it was answered.
   */
  return async (kind, body) => {
    for (const pause of PAUSES_MS) {
      if (await isAnswered({kind, body})) return true
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
    return isAnswered({kind, body})
  }

  /** @param {object} message */
  async function isAnswered(message) {
    try {
      const late = new Promise((resolve) => setTimeout(resolve, ANSWER_MS))
      const reply = await Promise.race([chrome.runtime.sendMessage(message), late])
      return reply?.ok === true
    } catch {
      return false // the background was stopped, or the extension is no more
    }
  }
})()
