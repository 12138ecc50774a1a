// Chrome's home of the worker.
// Workaround: a service worker can neither start workers nor load the runtime. It may go when an
// extension's service worker can: https://github.com/w3c/webextensions/issues/287

import {GUARD_PORT} from '../shared/messages.js'
import {MAX_THREADS} from '../shared/settings.js'
import {call} from '../platform/call.js'
import {startHost} from './host.js'

// An offscreen document has no storage of its own: the background reads the settings for it, and
// keeps what was measured. The browser frees some of its memory only with the document itself; the
// background makes a new one when it is needed.
startHost(() => call('engine_settings', {}), {
  leave: () => window.close(),
  several: self.crossOriginIsolated
    ? {
        most: Math.min(navigator.hardwareConcurrency, MAX_THREADS),
        keep: (threads) => call('keep_threads', {threads}),
      }
    : undefined,
}).start()

// The background was stopped in the middle of something: once it is awake, it goes on with that.
chrome.runtime.onConnect.addListener((port) => {
  if (port.name !== GUARD_PORT) return
  let done = false
  port.onMessage.addListener(() => {
    done = true
  })
  port.onDisconnect.addListener(() => {
    if (!done) call('wake', {}).catch((error) => console.warn('The background sleeps on', error))
  })
})
