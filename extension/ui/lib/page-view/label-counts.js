// How many sentences of a page carry which label; each label is a button that filters by it.

import {actButton, make} from '../dom.js'
import {percent, t} from '../i18n.js'
import {tint} from '../labels.js'

/**
 * @typedef {import('../labels.js').Label} Label
 * @typedef {ReturnType<typeof import('./job.js').createJob>} Job
 * @typedef {ReturnType<typeof import('./summary.js').summarize>} Counted
 */

/** @param {Map<string, Label>} labels @param {() => Job | null} job */
export function buildSummary(labels, job) {
  const rows = new Map([...labels.values()].map((label) => [label.id, createRow(label, job)]))
  const shares = make('div', 'shares', ...[...rows.values()].map(({share}) => share))
  shares.setAttribute('role', 'img')
  const list = make('ul', 'view-labels', ...[...rows.values()].map(({item}) => item))
  list.setAttribute('aria-label', t('page_filter'))
  const unclear = make('span', 'faint number')
  const all = actButton('all', t('page_show_all'), () => job()?.show(null))
  all.className = 'quiet small'
  const foot = make('div', 'view-foot small', unclear, all)

  /** @param {Counted} counted @param {Set<string> | null} shown  The labels of the filter. */
  function update({clear, unclear: none, counts}, shown) {
    const most = Math.max(1, ...[...counts.values()].map(({count}) => count))
    for (const [id, count] of counts) rows.get(id)?.update(count, most, shown?.has(id) ?? false)
    const inWords = [...counts]
      .filter(([, {count}]) => count)
      .map(([id, {share}]) => `${labels.get(id)?.name} ${percent(share)}`)
    shares.setAttribute('aria-label', inWords.join(', '))
    shares.hidden = !clear
    unclear.textContent = t('page_unclear', String(none))
    all.hidden = !shown
  }

  return {part: make('div', 'view-summary', shares, list, foot), update}
}

/** @param {Label} label @param {() => Job | null} job */
function createRow(label, job) {
  const emoji = make('span', 'view-emoji', label.emoji)
  emoji.setAttribute('aria-hidden', 'true')
  const track = make('span', 'track')
  const value = make('span', 'value')
  const toggle = make('button', 'view-label', emoji, make('span', 'name', label.name), track, value)
  toggle.type = 'button'
  toggle.addEventListener('click', () => job()?.toggle(label.id))
  const item = make('li', '', toggle)
  item.dataset.label = label.id
  const share = make('span', '')
  tint(item, label)
  tint(share, label)

  return {
    item,
    share,
    /**
     * @param {import('./summary.js').Count} counted
     * @param {number} most  Sentences of any label.
     * @param {boolean} isShown  Whether the filter names it.
     */
    update(counted, most, isShown) {
      item.dataset.count = String(counted.count)
      toggle.disabled = counted.count === 0
      toggle.setAttribute('aria-pressed', String(isShown))
      track.style.setProperty('--score', String(counted.count / most))
      value.textContent = String(counted.count)
      share.style.flexGrow = String(counted.share)
      share.hidden = counted.count === 0
    },
  }
}
