// The docked panel of a page view: owns the view's job. It is in a frame on the page that is
// viewed. Where the page lets no frame in, it is in a window of its own, and where no script
// may run at all, it says so there.

import {onSettingsChanged, readSettings} from '../../platform/settings-store.js'
import {byId} from '../lib/dom.js'
import {readLabels} from '../lib/labels.js'
import {showInSidePanel} from '../lib/side-panel.js'
import {applyTheme} from '../lib/theme.js'
import {translate, t} from '../lib/i18n.js'
import {buildControls} from '../lib/page-view/controls.js'
import {linkFromFrame, linkToTab} from '../lib/page-view/links.js'
import {startJob, tintsOf} from '../lib/page-view/start.js'

const DRAW_INTERVAL_MS = 60 // of counts that grow while the page is read

const framed = window !== window.top
const view = byId('view')
const brief = byId('brief')
const fold = byId('fold')
const remove = byId('remove')
const side = byId('side')

/** @type {ReturnType<typeof startJob> | null} */ let job = null

// At once: the page script sends the port as soon as this page is loaded.
const linked = framed
  ? linkFromFrame(location.hash.slice(1))
  : linkToTab(Number(location.hash.slice('#tab='.length)))
void applyTheme()
translate(document)
fold.setAttribute('aria-label', t('page_fold'))
void begin()

async function begin() {
  const [labels, settings] = await Promise.all([readLabels(), readSettings()])
  /** @type {import('../../shared/page-view.js').PageLink} */ let link
  try {
    link = await linked
  } catch (error) {
    console.warn('No script may run in the tab', error)
    view.textContent = t('page_refused')
    document.body.dataset.state = 'refused'
    return
  }
  const update = buildControls(view, labels, {job: () => job, again: start})
  start()
  onSettingsChanged((changed) => job?.tint(tintsOf(labels, changed)))
  // The frame on the page is as tall as this content.
  new ResizeObserver(() =>
    link.send({kind: 'resize', height: Math.ceil(document.body.getBoundingClientRect().height)}),
  ).observe(document.body)

  function start() {
    let due = false
    job = startJob({
      link,
      labels,
      settings,
      changed() {
        if (due) return
        due = true
        setTimeout(() => {
          due = false
          draw(update)
        }, DRAW_INTERVAL_MS)
      },
    })
    draw(update)
  }
}

/** @param {(state: import('../lib/page-view/job.js').JobState) => void} update */
function draw(update) {
  if (!job) return
  const {phase, done, total, sentences} = job.state
  update(job.state)
  document.body.dataset.state = phase
  brief.textContent =
    phase === 'reading' ? `${done} / ${total}` : sentences.length ? String(sentences.length) : ''
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
  const sentences = (job?.state.sentences ?? []).map(({text, prediction}) => ({text, prediction}))
  showInSidePanel({source: 'page', result: null, sentences}).catch((error) =>
    console.error('The side panel could not be opened', error),
  )
})
