// Firefox's background, an event page: it can start workers, so the host lives here.

import {startHost} from '../host/host.js'
import {readSettings} from '../platform/settings-store.js'
import {listen} from './background.js'

// Workaround: a call that Firefox's main process answers counts as activity. Without one it unloads
// this page, and the work with it, after 30 s. It may go when an extension can ask for more time:
// https://github.com/w3c/webextensions/issues/416
const host = startHost(readSettings, {keepAwake: () => void chrome.runtime.getPlatformInfo()})

listen(async () => host.start())
