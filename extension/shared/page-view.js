// What the view of a whole page says between its two ends: the page scripts, which find text and
// paint, and the extension page that owns the view (the docked panel or the side panel), which
// alone knows what the colours mean.

/**
 * The owner and the page scripts talk over a port: a MessagePort handed to the docked panel's
 * frame, or a runtime port of the side
 * panel. All of it survives JSON.
 *
 * Owner to page:
 * @typedef {{light: string, dark: string}} Tint  A label's colour on light and on dark ground.
 * @typedef {{mark: number, block: number, start: number, end: number, group: number}} Mark  `mark`
 *   numbers the sentences of the view;
 *   `start` and `end` are UTF-16 offsets in the block's text; `group` is the place of its colour in
 *   `tints`.
 * @typedef {{kind: 'tint', tints: Tint[]}} TintOrder
 * @typedef {{kind: 'read', follow: boolean}} ReadOrder  Find the text; answered by `blocks`. Again:
 *   start over.
 * @typedef {{kind: 'paint', marks: Mark[]}} PaintOrder
 * @typedef {{kind: 'filter', groups: number[] | null}} FilterOrder  Show only these groups; null:
 *   all.
 * @typedef {{kind: 'walk', direction: 1 | -1}} WalkOrder  To the next mark that is shown; answered
 *   by `at`.
 * @typedef {{kind: 'go', mark: number}} GoOrder  Answered by `at`.
 * @typedef {{kind: 'follow', follow: boolean}} FollowOrder  Whether text that the page adds later
 *   is read too.
 * @typedef {{kind: 'resize', height: number}} ResizeOrder  Of the docked panel's frame, in CSS
 *   pixels.
 * @typedef {{kind: 'remove'}} RemoveOrder  Take everything off the page.
 * @typedef {TintOrder | ReadOrder | PaintOrder | FilterOrder | WalkOrder | GoOrder | FollowOrder |
 *   ResizeOrder | RemoveOrder} PageOrder
 *
 * Page to owner:
 * @typedef {{kind: 'blocks', from: number, texts: string[], last: boolean}} BlocksReport  Blocks
 *   number `from` and on; `last`: the page
 *   is read to its end for now.
 * @typedef {{kind: 'at', mark: number | null}} AtReport  Where the user was taken; null: there is
 *   no such mark.
 * @typedef {{kind: 'moved'}} MovedReport  The page shows another address now, without having been
 *   loaded again.
 * @typedef {BlocksReport | AtReport | MovedReport} PageReport
 *
 * The owner's end of the port. `ended`: calls back once the page is gone, or has ended the view.
 * @typedef {{send: (order: PageOrder) => void, receive: (take: (report: PageReport) => void) =>
 *   void, ended: (then: () => void) => void}} PageLink
 */

/**
 * Within the page scripts. A block is a paragraph, heading, list item or the like. Its `text` is
 * that of its pieces, joined: white space
 * is replaced one to one, so that places stay; a line break is between pieces. `data` is what
 * the node held when it was read.
 * @typedef {{node: Text | Element, data: string, at: number}} Piece  An element shows an emoji.
 * @typedef {{element: Element, text: string, pieces: Piece[]}} PageBlock
 * @typedef {{send: (report: PageReport) => void, receive: (take: (order: PageOrder) => void) =>
 *   void, close: () => void}} OwnerLink
 * @typedef {object} Painter
 * @property {(tints: Tint[]) => void} setTints
 * @property {(from: number, blocks: PageBlock[]) => void} addBlocks
 * @property {(marks: Mark[]) => void} paint
 * @property {(groups: number[] | null) => void} filter
 * @property {(direction: 1 | -1) => number | null} walk
 * @property {(mark: number) => number | null} go
 * @property {() => void} clear
 * @property {() => void} remove
 */

/**
 * What a UI page hands to the side panel. `prediction`: on all of it, where there is one. `at`:
 * when, in ISO 8601. `isPart`: there are more sentences than could be handed over. The segments of
 * `result` are left out, as `sentences` tells them.
 * @typedef {{text: string, prediction: import('./messages.js').Prediction}} SidePanelSentence
 * @typedef {{source: 'selection' | 'page', at: string, result: import('./messages.js').Result |
 *   null, sentences: SidePanelSentence[], isPart?: boolean}} SidePanelPayload
 */

/**
 * In storage.session, followed by the number of the window: what its side panel is to show. In
 * memory only, and taken at once.
 */
export const SIDE_PANEL_KEY = 'side-panel:'

/** The name of the runtime port by which the side panel owns a view. */
export const PAGE_PORT = 'page-view'

/**
 * What is injected into a page to view it, in order. DOCK_SCRIPTS add the docked panel, which then
 * owns the view.
 */
// Firefox starts from the calling page
export const PAGE_SCRIPTS = [
  '/content/dom/tree.js',
  '/content/dom/range-filter.js',
  '/content/dom/special-text.js',
  '/content/dom/visibility.js',
  '/content/dom/visible-text.js',
  '/content/page-view/main-part.js',
  '/content/page-view/text-extraction.js',
  '/content/page-view/block-boxes.js',
  '/content/page-view/stacking.js',
  '/content/page-view/marks.js',
  '/content/page-view/layers.js',
  '/content/page-view/steps.js',
  '/content/page-view/minimap.js',
  '/content/page-view/watch.js',
  '/content/page-view/highlighter.js',
  '/content/page-view/changes.js',
  '/content/page-view/block-reader.js',
  '/content/lifeline.js',
  '/content/page-view/view.js',
]
export const DOCK_SCRIPTS = ['/content/report.js', '/content/page-view/floating-panel.js']
