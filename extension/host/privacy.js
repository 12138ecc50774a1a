// What the engine may remember of a text: nothing that may come from a private window.

/**
 * Whether a surface stands on a web page that is in no private window; of one that stands elsewhere
 * nobody tells where its text comes from. The browser says so of the sender; what a message says of
 * itself does not count.
 * @param {chrome.runtime.MessageSender | undefined} sender
 */
export function mayRemember(sender) {
  return Boolean(sender?.frameId) && sender?.tab?.incognito === false
}
