// Looks for newer models that the author signed, and fetches them beside the one in use. The
// builder puts this module in the place of background/model-updates.js.

import {readDelivery} from '../platform/settings-store.js'
import {Failure} from '../shared/failures.js'
import {awake} from '../delivery/awake.js'
import {mayFetch} from '../delivery/may-fetch.js'
import {openServer} from '../delivery/server.js'
import {refuseStranger} from '../delivery/signed-choice.js'
import {fetchLatest, isNewer, readSigned} from '../delivery/signed-model.js'
import {openVersions} from '../delivery/versions.js'

const CHECKED = 'model-checked'
const DAY_MS = 24 * 60 * 60_000

/**
 * When the browser starts, and so never because of what somebody reads.
 * @type {() => void}
 */
export function keepModelCurrent() {
  const warn = (/** @type {unknown} */ error) => console.warn('No newer model', error)
  chrome.runtime.onStartup.addListener(() => void lookOnceADay().catch(warn))
  chrome.runtime.onInstalled.addListener(() => void lookForUpdate().catch(warn))
}

/**
 * @returns {Promise<string | null>} The version that came; null if there is none.
 * @throws {Failure}
 */
export async function lookForUpdate() {
  const delivery = await readDelivery()
  if (!delivery?.publicKey) return null
  const found = await navigator.locks.request('model-update', {ifAvailable: true}, (lock) =>
    lock ? awake(() => bringNewer()) : null,
  )
  return found ?? null
}

async function lookOnceADay() {
  const {[CHECKED]: checked} = await chrome.storage.local.get(CHECKED)
  if (Date.now() - Number(checked ?? 0) < DAY_MS) return
  await lookForUpdate()
  await chrome.storage.local.set({[CHECKED]: Date.now()})
}

async function bringNewer() {
  const server = await openServer()
  const {delivery, store} = server
  const publicKey = delivery.publicKey ?? ''
  const versions = openVersions(store, publicKey)
  const installed = await versions.installed()
  if (!installed) return null // the first one comes when somebody waits for it
  await mayFetch(delivery.origins)
  const envelope = await fetchLatest(delivery)
  const version = {...(await readSigned(envelope, publicKey)), envelope}
  if (version.model === installed.model || (await versions.isRefused(version.model))) return null
  if (!isNewer(version.version, installed.version))
    throw new Failure(
      'download_forged',
      `${version.version} is not newer than ${installed.version}, which is in use`,
    )
  await refuseStranger(server, version)
  await versions.propose(version)
  for (const file of version.files) await server.get(file)
  return version.version
}
