// Whether the user allowed the server of the model, where it lets no other origin read.

import {call} from '../platform/call.js'
import {Failure} from '../shared/failures.js'

/**
 * @param {string[]} origins  None where the server lets anyone read.
 * @throws {Failure} if it is still to be allowed.
 */
export async function mayFetch(origins) {
  if (!origins.length) return
  // An offscreen document has none of the browser's functions but messaging.
  const allowed = chrome.permissions
    ? await chrome.permissions.contains({origins})
    : (await call('may_fetch', {origins})).allowed
  if (!allowed) throw new Failure('download_not_allowed', `${origins} is not allowed yet`)
}
