// Which of the signed models the engine starts with: a new one for its self-test, the one that
// passed it before, or the first one, which is still to come.

import {readWhole, open} from '../engine/stream-file.js'
import {Failure} from '../shared/failures.js'
import {sha256Of} from './hash.js'
import {tidy} from './kept.js'
import {mayFetch} from './may-fetch.js'
import {DESCRIPTION, fetchLatest, fits, integrityOf, isNewer, readSigned} from './signed-model.js'
import {openVersions} from './versions.js'

/**
 * @typedef {import('./versions.js').Version} Version
 * @typedef {Awaited<ReturnType<typeof import('./server.js').openServer>>} Server
 */

/** Models that failed while this page is open. @type {Set<string>} */ const failed = new Set()

/**
 * @param {Server} server
 * @returns {Promise<import('./types.js').Chosen>}
 * @throws {Failure}
 */
export async function chooseSigned(server) {
  const {store, delivery} = server
  const versions = openVersions(store, delivery.publicKey ?? '')
  const [installed, candidate] = await Promise.all([
    usable(server, await versions.wholeInstalled()),
    usable(server, await versions.wholeCandidate()),
  ])
  const isTrial = candidate && !failed.has(candidate.model)
  const version = isTrial ? candidate : (installed ?? (await first(server, versions)))
  return {
    files: version.files,
    readIntegrity: () => integrityOf(version),
    standIn: Boolean(isTrial && installed),

    async answered() {
      if (version !== installed) {
        await versions.accept(version)
        await keepDescription(server, version)
      }
      await tidy(store, await versions.files())
    },

    async failed(code) {
      if (!isTrial || !installed) return
      failed.add(version.model)
      // What the browser removed or changed is fetched again; what computes wrongly is not.
      if (!code?.startsWith('download_')) await versions.refuse(version)
    },
  }
}

/**
 * @param {Server} server
 * @param {ReturnType<typeof openVersions>} versions
 * @returns {Promise<Version>}
 */
async function first(server, versions) {
  const {delivery} = server
  await mayFetch(delivery.origins)
  const envelope = await fetchLatest(delivery)
  const version = {...(await readSigned(envelope, delivery.publicKey ?? '')), envelope}
  const least = [(await versions.installed())?.version, (await packagedDescription()).version]
  if (least.some((other) => other && isNewer(other, version.version)))
    throw new Failure('download_forged', `${version.version} is older than ${least.join(', ')}`)
  await refuseStranger(server, version)
  await versions.propose(version) // what comes of it is kept for the next start
  return version
}

/**
 * @param {Server} server
 * @param {Version} version
 * @throws {Failure} if the package could not show what it says.
 */
export async function refuseStranger(server, version) {
  if (!fits(await describedBy(server, version), await packagedDescription()))
    throw new Failure('download_changed', `${version.version} has other labels than the package`)
}

/**
 * A version that this package can show, which an update of the extension may have changed.
 * @param {Server} server
 * @param {Version | null} version
 */
async function usable(server, version) {
  if (!version) return null
  try {
    return fits(await describedBy(server, version), await packagedDescription()) ? version : null
  } catch (error) {
    console.warn(`Version ${version.version} of the model is damaged`, error)
    return null
  }
}

/** @param {Server} server @param {Version} version */
async function describedBy(server, version) {
  const file = version.files.find(({path}) => path === DESCRIPTION)
  if (!file) throw new Failure('download_changed', 'The index lists no model.json')
  const bytes = await readWhole(await server.get(file))
  if ((await sha256Of(bytes)) === file.sha256) return JSON.parse(new TextDecoder().decode(bytes))
  await server.store.remove('file', file.sha256) // the next attempt fetches it again
  throw new Failure('download_changed', 'The browser changed the kept model.json')
}

async function packagedDescription() {
  const bytes = await readWhole(await open(new URL(`../${DESCRIPTION}`, import.meta.url)))
  return JSON.parse(new TextDecoder().decode(bytes))
}

/** For the pages, which tell of the model. @param {Server} server @param {Version} version */
async function keepDescription(server, version) {
  const text = JSON.stringify(await describedBy(server, version))
  await server.store.put('index', 'model.json', new TextEncoder().encode(text))
}
