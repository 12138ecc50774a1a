// Firefox's background, an event page: it can start workers, so the host lives here.

import {startHost} from '../host/host.js'
import {listen} from './background.js'

const host = startHost()

listen(async () => host.start())
