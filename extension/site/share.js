// A link that holds the text itself. It follows the #, and browsers send that to no server.

import {copy} from '../ui/lib/copy.js'
import {byId} from '../ui/lib/dom.js'
import {t} from '../ui/lib/i18n.js'

const MOST = 8000 // signs: longer links are cut off by programs that pass them on

/** @param {string} hash @returns {string} Empty where it holds none. */
export function textOfLink(hash) {
  return new URLSearchParams(hash.slice(1)).get('text') ?? ''
}

/** @param {string} address @param {string} text */
export function linkTo(address, text) {
  const link = new URL(address)
  link.hash = new URLSearchParams({text}).toString()
  return link.href
}

/** @param {HTMLTextAreaElement} field */
export function createShare(field) {
  const place = byId('share')
  const said = byId('shared')
  const link = byId('link', 'textarea')
  byId('copy-link').addEventListener('click', async () => {
    const address = linkTo(location.href, field.value)
    const copied = await copy(address, link)
    said.textContent = t(copied ? 'site_shared' : 'card_copy_by_hand')
  })
  return {
    /** @param {string} text */
    offer(text) {
      place.hidden = !text || linkTo(location.href, text).length > MOST
      link.hidden = true
      said.textContent = ''
    },
  }
}
