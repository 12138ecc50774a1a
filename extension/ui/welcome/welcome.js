// Opened once, after the extension was installed: how to use it, and a text to try.

import {liveField} from '../lib/live-input.js'
import {shortcutOf} from '../lib/shortcut.js'
import {applyTheme} from '../lib/theme.js'
import {translate, word} from '../lib/i18n.js'

const [title, choose] = ['title', 'choose'].map(
  (name) => /** @type {HTMLElement} */ (document.getElementById(name)),
)

void applyTheme()
translate(document)
title.textContent = word('welcome_title', word('name'))
liveField({unasked: true, keepSamples: true})
const keys = await shortcutOf('classify-selection').catch(() => '')
choose.textContent = keys
  ? word('step_choose_or_press', word('menu_title'), keys)
  : word('step_choose_help', word('menu_title'))
