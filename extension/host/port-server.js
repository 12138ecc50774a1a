// The port at which UI pages ask the host.

import {isOwnPage} from '../platform/own-page.js'
import {ENGINE_PORT} from '../shared/messages.js'
import {mayRemember} from './privacy.js'

/**
 * @typedef {import('../shared/messages.js').EngineRequest} EngineRequest
 * @typedef {import('../shared/messages.js').EngineAnswer} EngineAnswer
 * @typedef {import('./types.js').Engine} Engine
 */

/** Answer the UI pages that connect. @param {Engine} host */
export function serve(host) {
  chrome.runtime.onConnect.addListener((port) => {
    if (port.name !== ENGINE_PORT) return
    if (isOwnPage(port.sender)) attend(port, host)
    else port.disconnect()
  })
}

/** @param {chrome.runtime.Port} port @param {Engine} host */
function attend(port, host) {
  /** @type {Set<string>} */ const open = new Set()
  let connected = true
  const remember = mayRemember(port.sender)
  const answer = (/** @type {EngineAnswer} */ message) => {
    if (message.kind === 'result' || message.kind === 'failure') open.delete(message.id)
    if (connected) port.postMessage(message)
  }
  port.onMessage.addListener((/** @type {unknown} */ message) => {
    if (!isRequest(message)) return
    const {id} = message
    if (message.kind === 'classify') {
      const {texts, detail, priority} = message
      open.add(id)
      host.classify({id, texts, detail, priority, remember}, answer)
    } else if (message.kind === 'cancel') {
      open.delete(id)
      host.cancel(id)
    } else if (message.kind === 'status') {
      answer(host.status(id))
    } else {
      host.release().then(() => answer(host.status(id)))
    }
  })
  port.onDisconnect.addListener(() => {
    connected = false
    for (const id of open) host.cancel(id)
  })
}

/** @param {any} message @returns {message is EngineRequest} */
function isRequest(message) {
  if (typeof message?.id !== 'string') return false
  if (message.kind !== 'classify') return ['cancel', 'status', 'release'].includes(message.kind)
  return (
    Array.isArray(message.texts) &&
    message.texts.every((/** @type {unknown} */ text) => typeof text === 'string') &&
    ['overall', 'segments'].includes(message.detail) &&
    ['user', 'page'].includes(message.priority)
  )
}
