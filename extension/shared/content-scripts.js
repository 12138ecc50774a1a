// What is injected into web pages, in order: classic scripts, each of which adds its part to the
// global `lensmith`.

/** What card and page view share: the text as the eye reads it. */
const SHARED = [
  '/content/dom.js',
  '/content/secrets.js',
  '/content/visibility.js',
  '/content/omissions.js',
  '/content/flow.js',
  '/content/text-composer.js',
  '/content/visible-text.js',
  '/content/text-places.js',
  '/content/hosts.js',
]

/** Opens a card beside the selection. */
export const CARD_SCRIPTS = [
  ...SHARED,
  '/content/card-host/positioning.js',
  '/content/card-host/selected-nodes.js',
  '/content/card-host/selected-boxes.js',
  '/content/card-host/selection.js',
  '/content/card-host/windows.js',
  '/content/card-host/overlay-frame.js',
  '/content/card-host/highlight.js',
  '/content/card-host/overlay.js',
]

/** Views a page for what connects to it. (With a slash: Firefox starts from the calling page.) */
export const PAGE_VIEW_SCRIPTS = [
  ...SHARED,
  '/content/page-view/main-part.js',
  '/content/page-view/text-extraction.js',
  '/content/page-view/stacking.js',
  '/content/page-view/scroll-to.js',
  '/content/page-view/highlight-boxes.js',
  '/content/page-view/highlight-stage.js',
  '/content/page-view/minimap.js',
  '/content/page-view/marks.js',
  '/content/page-view/highlighter.js',
  '/content/page-view/view.js',
]

/** Adds the floating panel, which then owns the view. */
export const FLOATING_PANEL_SCRIPT = '/content/page-view/floating-panel.js'
