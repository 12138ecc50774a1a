// Chrome's home of the worker: a service worker can neither start workers nor load the runtime.

import {startHost} from './host.js'

startHost().start()
