// What a view says of a page as a whole: how many of its sentences carry which label.

/**
 * @typedef {{count: number, share: number}} Count  `share`: of all sentences with a clear label, in
 *   0..1.
 * @param {Iterable<{prediction: {label: string | null}}>} sentences @param {string[]} labels
 * @returns {{clear: number, unclear: number, counts: Map<string, Count>}} Counts by label, in the
 *   order given.
 */
export function summarize(sentences, labels) {
  const counts = new Map(labels.map((label) => [label, {count: 0, share: 0}]))
  let [clear, unclear] = [0, 0]
  for (const {
    prediction: {label},
  } of sentences) {
    const count = label === null ? undefined : counts.get(label)
    if (count) {
      count.count++
      clear++
    } else unclear++
  }
  for (const count of counts.values()) count.share = clear ? count.count / clear : 0
  return {clear, unclear, counts}
}

/**
 * Which place a sentence has among those that are shown and painted.
 * @param {{prediction: {label: string | null}}[]} sentences
 * @param {Set<string> | null} shown
 * @param {number} current
 */
export function placeAmong(sentences, shown, current) {
  let [place, of] = [0, 0]
  sentences.forEach(({prediction: {label}}, number) => {
    if (label === null || (shown && !shown.has(label))) return
    of++
    if (number <= current) place++
  })
  return {place, of}
}
