// Opens the cards that the background asked for, once each, and reports them. What to open and the
// scripts that can arrive apart, in either order, and again where the background was stopped.

var lensmith = lensmith || {}

/** @typedef {import('../../shared/messages.js').CardHostStart} CardHostStart */

/** What the background left for us. @type {CardHostStart[]} */
lensmith.starts = lensmith.starts || []
/**
 * By card and place.
 * @type {Map<string, {found: import('../../shared/messages.js').Opened | null, reported: boolean}>}
 */
lensmith.opened = lensmith.opened || new Map()

lensmith.begin = () => {
  for (const start of lensmith.starts.splice(0)) void begin(start)

  /** @param {CardHostStart} start */
  async function begin(start) {
    const {id, corner} = start
    const name = `${id} ${corner}`
    if (lensmith.opened.has(name)) return // it is being reported
    const card = {found: open(start), reported: false}
    lensmith.opened.set(name, card)
    card.reported = await lensmith.report('card_placed', {id, corner, found: card.found})
    card.found = null // the text has gone where it belongs
  }

  /** @param {CardHostStart} start */
  function open(start) {
    try {
      return lensmith.openCard(start)
    } catch (error) {
      console.error(error) // the background finds another place for the card
      return null
    }
  }
}
lensmith.begin()

// Once a page: say that a card is known here, to a background that was started again.
if (!lensmith.hearsOfCards) {
  lensmith.hearsOfCards = true
  chrome.runtime.onMessage.addListener((message, _sender, answer) => {
    const names = message?.kind === 'stands' ? [`${message.id} true`, `${message.id} false`] : []
    if (names.some((name) => lensmith.opened.has(name))) answer(true)
  })
}

// The injection returns the value of the last script. Firefox refuses all scripts if that is a
// function, which cannot be cloned:
// https://developer.mozilla.org/en-US/docs/Mozilla/Add-ons/WebExtensions/API/scripting/executeScript#return_value
void 0
