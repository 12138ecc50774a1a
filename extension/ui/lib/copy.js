// Text onto the clipboard, by the first way that the browser allows.

/**
 * To be called in the handler of a click. In a frame, the page around it may refuse its clipboard
 * to us; the old way works there.
 * @param {string} text
 * @param {HTMLTextAreaElement} area  Is filled with the text for the old way, and stays so where
 *   both are refused: selected, so that the
 *   user can copy it by hand.
 * @returns {Promise<boolean>} Whether it is there.
 */
export async function copy(text, area) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch (error) {
    console.warn('The clipboard was refused', error)
  }
  const before = /** @type {HTMLElement | null} */ (document.activeElement)
  area.value = text
  area.hidden = false
  area.select()
  if (!document.execCommand('copy')) return false
  area.hidden = true
  before?.focus()
  return true
}
