// The part of a page that fetches a model which a server delivers: where from, how far, what went
// wrong, and the button that asks for a permission where the server needs one.

import {call} from '../../platform/call.js'
import {readDelivery} from '../../platform/settings-store.js'
import {asFailure} from '../../shared/failures.js'
import {actButton, byId, make} from './dom.js'
import {classify} from './engine-client.js'
import {bytesInWords, t} from './i18n.js'
import {readModel} from './model.js'

const ANY_TEXT = '.' // makes the model come and answer its self-test; nobody sees the scores

/** Fill the page's `#delivery`; a package that holds its model leaves it hidden. */
export async function showModelDelivery() {
  const delivery = await readDelivery()
  if (!delivery) return
  const {host} = new URL(delivery.address)
  const {origins} = delivery
  const line = make('p', '')
  line.setAttribute('role', 'status')
  const bar = make('progress', '')
  const retry = actButton('retry', t('retry'), bring)
  const help = make('p', 'faint small', t('delivery_allow_help'))
  const allow = actButton('allow', t('delivery_allow', host), ask)
  const look = actButton('look', t('delivery_look'), update)
  bar.setAttribute('aria-label', t('delivery_title'))
  byId('delivery-rows').append(
    make('p', 'faint small', t('delivery_from', host)),
    line,
    bar,
    help,
    allow,
    retry,
    look,
  )
  byId('delivery').hidden = false
  if (!origins.length || (await chrome.permissions.contains({origins}))) await bring()
  else show('not-allowed', t('failure_download_not_allowed'))

  /** @param {'loading' | 'ready' | 'failed' | 'not-allowed'} state @param {string} words */
  function show(state, words) {
    byId('delivery').dataset.model = state
    line.textContent = words
    bar.hidden = state !== 'loading'
    retry.hidden = state !== 'failed'
    help.hidden = allow.hidden = state !== 'not-allowed'
    look.hidden = state !== 'ready' || !delivery?.publicKey
  }

  async function bring() {
    show('loading', t('phase_loading'))
    bar.removeAttribute('value')
    try {
      await classify(ANY_TEXT, {
        priority: 'page',
        onProgress: ({phase, done, total}) => {
          if (phase !== 'downloading' || !total) return
          bar.max = total
          bar.value = done
          line.textContent = bytesInWords(phase, done, total)
        },
      })
      show('ready', t('delivery_here', (await readModel()).version))
    } catch (error) {
      const {code, message} = asFailure(error, 'run_failed')
      console.error(`${code}: ${message}`)
      show(code === 'download_not_allowed' ? 'not-allowed' : 'failed', t(`failure_${code}`))
    }
  }

  async function update() {
    look.disabled = true
    try {
      const {version} = await call('look_for_update', {})
      line.textContent = version ? t('delivery_updated', version) : t('delivery_newest')
    } catch (error) {
      const {code, message} = asFailure(error, 'no_answer')
      console.error(`${code}: ${message}`)
      line.textContent = t(`failure_${code}`)
    }
    look.disabled = false
  }

  async function ask() {
    // First of all: a browser asks only in the handler of a click.
    if (await chrome.permissions.request({origins})) await bring()
  }
}
