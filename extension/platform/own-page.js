// Who may ask: only pages of this extension.

/**
 * Whether a message or port comes from one of our own pages, not from a script inside a web page.
 * @param {chrome.runtime.MessageSender | undefined} sender
 */
export function isOwnPage(sender) {
  return (
    sender?.id === chrome.runtime.id && Boolean(sender.url?.startsWith(chrome.runtime.getURL('')))
  )
}

/**
 * Whether it comes from a script of ours inside a web page. Those live beside hostile code, so they
 * may ask for very little.
 * @param {chrome.runtime.MessageSender | undefined} sender
 */
export function isOwnScript(sender) {
  return sender?.id === chrome.runtime.id && sender.tab !== undefined && !isOwnPage(sender)
}
