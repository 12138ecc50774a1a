// A result as plain text, for the clipboard.

import {inWords} from '../lib/chart.js'

/**
 * @typedef {import('../lib/labels.js').Label} Label
 * @typedef {import('../../shared/messages.js').Result} Result
 */

// These set the order of text in a line of the card; in a file they would be invisible.
const ISOLATES = /[\u2068\u2069]/g

/**
 * The answer, all scores, and where there are several sentences, each with its own answer.
 * @param {string} text @param {Result} result @param {Map<string, Label>} labels
 */
export function asText(text, {prediction, segments}, labels) {
  const scores = [...prediction.scores].sort((a, b) => b.score - a.score)
  const lines = [
    inWords(prediction, labels),
    '',
    ...scores.map(
      ({label, score}) => `${labels.get(label)?.name ?? label}: ${(100 * score).toFixed(1)}%`,
    ),
  ]
  lines.push('')
  for (const {start, end, prediction} of segments) {
    const sentence = text.slice(start, end).replace(/\s+/g, ' ')
    lines.push(segments.length > 1 ? `[${inWords(prediction, labels)}] ${sentence}` : sentence)
  }
  return lines.join('\n').replace(ISOLATES, '') + '\n'
}
