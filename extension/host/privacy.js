// What the engine may remember of a text: nothing that may come from a private window.

/**
 * Whether a UI page is in a frame on a web page outside private windows. Elsewhere nobody knows
 * where its text comes from. The browser says so of the sender; what a message says of itself does
 * not count.
 * @param {chrome.runtime.MessageSender | undefined} sender
 */
export function mayRemember(sender) {
  return Boolean(sender?.frameId) && sender?.tab?.incognito === false
}
