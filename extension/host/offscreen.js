// Chrome's home of the worker: a service worker can neither start workers nor load the runtime.

import {call} from '../surfaces/call.js'
import {startHost} from './host.js'

// An offscreen document has no storage of its own: the background reads the settings for it.
startHost(() => call('engine_settings', {})).start()
