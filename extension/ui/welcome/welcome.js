// Opened once, after the extension was installed: how to use it, and a text to try.

import {byId} from '../lib/dom.js'
import {createLiveInput} from '../lib/live-input.js'
import {showModelDelivery} from '../lib/model-delivery.js'
import {shortcutOf} from '../lib/shortcut.js'
import {applyTheme} from '../lib/theme.js'
import {translate, t} from '../lib/i18n.js'

const title = byId('title')
const choose = byId('choose')

void applyTheme()
translate(document)
title.textContent = t('welcome_title', t('name'))
createLiveInput({lazy: true, keepSamples: true})
void showModelDelivery()
const keys = await shortcutOf('classify-selection').catch(() => '')
if (!chrome.contextMenus) {
  // Firefox for Android: the way to all is the extension's entry in the browser's own menu.
  for (const step of document.querySelectorAll('[data-needs-menu]'))
    step.toggleAttribute('hidden', true)
  choose.textContent = t('step_choose_menu', t('name'), t('page_menu_title'))
} else {
  choose.textContent = keys
    ? t('step_choose_or_press', t('menu_title'), keys)
    : t('step_choose_help', t('menu_title'))
}
