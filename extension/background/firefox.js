// Firefox's background, an event page: it can start workers, so the host lives here.

import {startHost} from '../host/host.js'
import {readSettings} from '../platform/settings-store.js'
import {listen} from './background.js'

// A call that Firefox's main process answers counts as activity: without one it unloads this page,
// and the work with it, after 30 s.
const host = startHost(readSettings, {keepAwake: () => void chrome.runtime.getPlatformInfo()})

listen(async () => host.start())
