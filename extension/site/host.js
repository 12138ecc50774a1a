// The engine's host, in the page itself.

import {keepMeasuredThreads, measuredThreads} from '../background/thread-count-store.js'
import {startHost} from '../host/host.js'
import {readSettings} from '../platform/settings-store.js'
import {MAX_THREADS} from '../shared/settings.js'
import {setBackground} from './platform.js'

/** @returns {Promise<import('../shared/messages.js').EngineSettings>} */
async function engineSettings() {
  const {threads, releaseAfterMinutes, minScore} = await readSettings()
  const measured = threads === 'auto' ? await measuredThreads() : null
  return {threads: measured ?? threads, releaseAfterMinutes, minScore}
}

const host = startHost(engineSettings, {
  several: self.crossOriginIsolated
    ? {most: Math.min(navigator.hardwareConcurrency, MAX_THREADS), keep: keepMeasuredThreads}
    : undefined,
})

setBackground(async ({kind}) => {
  if (kind === 'engine_settings') return engineSettings()
  if (kind === 'wake') host.start()
  return {}
})
