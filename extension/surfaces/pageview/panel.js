// The docked panel of a page view: owns the view's job. It stands in a frame on the page that is viewed. Where the page lets no frame in,
// it stands in a window of its own, and where no script may run at all, it says so there.

import {onSettingsChanged, readSettings} from '../../shared/settings.js'
import {classify} from '../engine.js'
import {colourOf, readLabels} from '../labels.js'
import {handOver} from '../side-panel.js'
import {applyTheme} from '../theme.js'
import {translate, word} from '../words.js'
import {buildControls} from './controls.js'
import {createJob} from './job.js'
import {linkFromFrame, linkToTab} from './links.js'

/** @typedef {import('../../shared/settings.js').Settings} Settings */

const framed = window !== window.top
const [view, brief, fold, remove, side] = ['view', 'brief', 'fold', 'remove', 'side'].map(
  (name) => /** @type {HTMLElement} */ (document.getElementById(name)))

/** @type {ReturnType<typeof createJob> | null} */ let job = null

// At once: the page script sends the port as soon as this page is loaded.
const linked = framed ? linkFromFrame(location.hash.slice(1)) : linkToTab(Number(location.hash.slice('#tab='.length)))
void applyTheme()
translate(document)
fold.setAttribute('aria-label', word('page_fold'))
void begin()

async function begin() {
  const [labels, settings] = await Promise.all([readLabels(), readSettings()])
  const list = [...labels.values()]
  const tints = (/** @type {Settings} */ {palette}) => (
    list.map((label) => ({light: colourOf(label, 'light', palette), dark: colourOf(label, 'dark', palette)})))
  const update = buildControls(view, labels, {job: () => job, again: () => location.reload()})
  let link
  try {
    link = await linked
  } catch (error) {
    console.warn('No script may run in the tab', error)
    view.textContent = word('page_refused')
    document.body.dataset.state = 'refused'
    return
  }
  let drawn = true
  const draw = () => {
    drawn = true
    if (!job) return
    update(job.state)
    document.body.dataset.state = job.state.phase
    const {done, total, sentences} = job.state
    brief.textContent = job.state.phase === 'reading' ? `${done} / ${total}` : sentences.length ? String(sentences.length) : ''
    brief.hidden = !document.body.classList.contains('folded')
  }
  job = createJob({
    link, labels: [...labels.keys()], tints: tints(settings), follow: settings.pageFollowsContent,
    classify: (texts, options) => classify(texts, {detail: 'segments', priority: 'page', ...options}),
    changed() {
      if (drawn) setTimeout(draw, 50)
      drawn = false
    },
  })
  draw()
  onSettingsChanged((changed) => job?.tint(tints(changed)))
  // The page's frame is as tall as what stands here.
  new ResizeObserver(() => {
    const {paddingTop, paddingBottom} = getComputedStyle(document.body)
    const content = [...document.body.children].reduce((most, element) => Math.max(most, /** @type {HTMLElement} */ (element).offsetTop
      + /** @type {HTMLElement} */ (element).offsetHeight), 0)
    link.send({kind: 'resize', height: Math.ceil(content + parseFloat(paddingBottom) + (view.hidden ? 0 : parseFloat(paddingTop) * 0))})
  }).observe(view)
}

fold.addEventListener('click', () => {
  view.hidden = !view.hidden
  fold.setAttribute('aria-expanded', String(!view.hidden))
  document.body.classList.toggle('folded', view.hidden)
})
remove.addEventListener('click', () => {
  job?.remove()
  if (!framed) window.close()
})
side.addEventListener('click', () => {
  if (job) handOver({kind: 'page', sentences: job.state.sentences})
})
