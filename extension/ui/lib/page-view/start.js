// A job with the real engine, in the user's colours.

import {classify} from '../engine-client.js'
import {colourOf} from '../labels.js'
import {createJob} from './job.js'

/**
 * @typedef {import('../labels.js').Label} Label
 * @typedef {import('../../../shared/settings.js').Settings} Settings
 */

/**
 * @param {{link: import('../../../shared/page-view.js').PageLink, labels: Map<string, Label>,
 *   settings: Settings, changed: () => void}} parts
 */
export function startJob({link, labels, settings, changed}) {
  return createJob({
    link,
    changed,
    labels: [...labels.keys()],
    tints: tintsOf(labels, settings),
    follow: settings.pageFollowsContent,
    classify: (texts, options) =>
      classify(texts, {detail: 'segments', priority: 'page', ...options}),
  })
}

/** @param {Map<string, Label>} labels @param {Settings} settings */
export function tintsOf(labels, {palette}) {
  return [...labels.values()].map((label) => ({
    light: colourOf(label, 'light', palette),
    dark: colourOf(label, 'dark', palette),
  }))
}
