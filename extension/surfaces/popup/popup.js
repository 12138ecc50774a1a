// The popup: a text of the reader's own, and the ways to everything else. What is typed lives as long as the popup is open.

import {liveField} from '../live-field.js'
import {applyTheme} from '../theme.js'
import {translate} from '../words.js'

const settings = /** @type {HTMLElement} */ (document.getElementById('settings'))

void applyTheme()
translate(document)
liveField()
settings.addEventListener('click', async () => {
  await chrome.runtime.openOptionsPage()
  window.close()
})
