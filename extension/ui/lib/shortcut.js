// The keys that the user has for a command, as the browser writes them.

/** @param {string} command @returns {Promise<string>} Empty if there are none. */
export async function shortcutOf(command) {
  const all = (await chrome.commands?.getAll()) ?? [] // Firefox for Android has none
  return all.find(({name}) => name === command)?.shortcut ?? ''
}
