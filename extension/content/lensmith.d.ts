// What the content scripts give each other. They are classic scripts, which cannot import: each
// adds its part to `lensmith`, in the order of shared/content-scripts.js. The page does not see it.

interface Box {
  left: number
  top: number
  width: number
  height: number
}

interface Edges {
  left: number
  top: number
  right: number
  bottom: number
}

/** Beside a text. */
type Side = 'below' | 'above' | 'right' | 'left'

type HostKind = 'card' | 'view'

/** `places`: whether `boxesOf` knows anything. Boxes are of `window`'s viewport. */
interface Selected {
  window: Window
  /** What the eye reads of the selection. */
  text: string
  /** It stands where no script of this page can look: a frame, or Chromium's PDF viewer. */
  closed: 'frame' | 'pdf' | null
  /** All of it is a password or the like, and was not read. */
  secret: boolean
  /** The innermost that holds the selection's beginning. */
  element: Element | null
  language: string | null
  direction: 'ltr' | 'rtl'
  places: boolean
  /** Around all of it, as it is now. */
  box(): Box
  /** One or more a line; UTF-16 offsets in `text`. */
  boxesOf(start: number, end: number): Box[]
  elementAt(start: number): Element | null
}

/** What the eye can see of the text in an element, by all that is around it. */
interface Sight {
  selectable: boolean
  /** Dots are shown for its letters. */
  masked: boolean
  /** It stays where it is when the page scrolls. */
  fixed: boolean
  /** The innermost that scrolls; null: the page. */
  scroller: Element | null
  /** What hides its overflow inside of that, and along which axes. */
  clips: {element: Element; x: boolean; y: boolean}[]
}

/** What a text makes of an element that is no part of it, or of a picture that is. */
type Treatment = {kind: 'nothing' | 'gap' | 'note'} | {kind: 'alt'; text: string}

/**
 * How an element's text goes on from the text before it. `separate`: in the same line, as another
 * word; `cap`: as the first letter of the next word; `later`: behind the block around it.
 */
type Flow = 'inline' | 'separate' | 'cap' | 'block' | 'later'

/** An element whose children are being walked. */
interface Level {
  element: Element
  style: CSSStyleDeclaration
  sight: Sight
  children: ArrayLike<Node>
  index: number
  flow: Flow
  opened: boolean
  /** The element whose text this is, and the one whose text goes on behind it. */
  block: Element
  outer: Element
  link: boolean
  /** In a drawing. */
  graphic: boolean
  /** In a box that is part of a sentence. */
  inlined: boolean
}

type TextToken =
  | {kind: 'step' | 'gap' | 'line' | 'note' | 'masked'}
  | {kind: 'block'; element: Element}
  | {kind: 'alt'; element: Element; text: string}
  | {
      kind: 'text'
      node: Text
      from: number
      to: number
      style: CSSStyleDeclaration
      link: boolean
      graphic: boolean
    }

interface WalkOptions {
  /** Elements to leave out with all that they hold. */
  skips?: (element: Element) => boolean
  /** The part of a node that is wanted; null: none. */
  select?: (node: Node) => {from: number; to: number} | null
  /** Whether what cannot be selected is left out, as in a copy. */
  copied?: boolean
  /** Collects the open shadow roots on the way. */
  roots?: ShadowRoot[]
}

type TextPiece = import('../shared/page-view.js').TextPiece

interface TextComposer {
  addText(node: Text, from: number, to: number, style: CSSStyleDeclaration): void
  addAlt(element: Element, alt: string): void
  addGap(): void
  addLine(): void
  addBreak(): void
  addNote(): void
  readonly length: number
  finish(): {text: string; pieces: TextPiece[]}
}

type Mark = import('../shared/page-view.js').Mark
type Tint = import('../shared/page-view.js').Tint
type PageOrder = import('../shared/page-view.js').PageOrder
type PageReport = import('../shared/page-view.js').PageReport

/** A paragraph, heading, list item or the like, with the places of its text. */
interface PageBlock {
  element: Element
  text: string
  pieces: TextPiece[]
}

interface FoundBlock extends PageBlock {
  /** Characters that stand in links. */
  linkLength: number
}

/** Where a text stands among what overlaps: `floats` if it does not move with the page. */
interface StackingPlace {
  level: string
  stacked: boolean
  floats: boolean
}

interface MarkedBlock {
  block: PageBlock
  marks: Mark[]
  /** Its boxes. */
  holder: HTMLElement | null
  /** The element's size when the holder was filled. */
  box: {width: number; height: number} | null
  /** What may cut it off. */
  clips: Element[] | null
  /** The transform and clip that the holder has. */
  moved: string
}

/** A mark, and the block that it is in. */
interface Stop {
  mark: Mark
  of: MarkedBlock
}

/** The end of the owner: the floating panel, or the side panel. */
interface OwnerLink {
  send(report: PageReport): void
  receive(take: (order: PageOrder) => void): void
  close(): void
}

interface Highlighter {
  setTints(tints: Tint[]): void
  addBlocks(from: number, blocks: PageBlock[]): void
  paint(marks: Mark[]): void
  filter(groups: number[] | null): void
  /** To the next mark that is shown: its number, null if there is none. */
  walk(direction: 1 | -1): number | null
  go(mark: number): number | null
  clear(): void
  remove(): void
}

interface Lensmith {
  dom: {
    isElement(node: Node): node is Element
    isText(node: Node): node is Text
    parentOf(node: Node): Element | null
    childrenOf(node: Node): ArrayLike<Node>
    elementOf(node: Node): Element | null
    withAncestors(element: Element | null): Element[]
    contains(ancestor: Element, element: Element): boolean
    styleOf(element: Element): CSSStyleDeclaration
    isPage(element: Element): boolean
  }
  secrets: {
    isMasked(style: CSSStyleDeclaration): boolean
    isSecretField(field: HTMLInputElement | HTMLTextAreaElement): boolean
  }
  visibility: {
    sightIn(element: Element): Sight | null
    enter(element: Element, style: CSSStyleDeclaration, outer: Sight): Sight | null
    isInline(style: CSSStyleDeclaration): boolean
    isInClosedDetails(child: Node, parent: Element): boolean
    textIsSeen(text: Text, from: number, to: number, sight: Sight): boolean
    boxIsSeen(element: Element, sight: Sight): boolean
  }
  omissions: {
    treatmentOf(
      element: Element,
      style: CSSStyleDeclaration,
      around: {before: string; link: boolean},
    ): Treatment | null
    isEmoji(text: string): boolean
  }
  flow: {
    of(
      element: Element,
      style: CSSStyleDeclaration,
      around: {begun: boolean; capped: boolean; parent: Level},
    ): Flow
    isInSentence(element: Element, style: CSSStyleDeclaration): boolean
  }
  createTextComposer(): TextComposer
  letterCase(style: CSSStyleDeclaration): (text: string) => string
  visibleText: {
    walk(top: Element, options?: WalkOptions): Generator<TextToken>
    compose(token: TextToken, composer: TextComposer): void
  }
  textPlaces: {
    indexAt(pieces: TextPiece[], place: number): number
    /** Boxes in CSS pixels of the viewport of the text's window, by the nodes that they are of. */
    rectsOf(
      pieces: TextPiece[],
      start: number,
      end: number,
    ): {node: Text | Element; rects: DOMRect[]}[]
    areIntact(pieces: TextPiece[]): boolean
  }
  hosts: {
    /** Remember a host of ours, and mark a part of it, which no page can see. */
    claim(host: Element, part: HTMLElement, kind: HostKind, ended: AbortSignal): void
    /** Take away what an earlier instance of this extension left on the page. */
    removeLeftovers(document: Document, kind: HostKind): void
    /** Call once the extension is gone. */
    onOrphaned(ended: AbortSignal, end: () => void): void
  }
  positioning: {
    beside(wanted: {
      text: Box
      viewport: Box
      width: number
      height: number
      rightToLeft: boolean
      side?: Side | null
    }): {box: Box; side: Side | null}
    corner(viewport: Box, width: number, height: number, rightToLeft: boolean): Box
    inside(box: Box, viewport: Box): Box
    overlap(a: Box, b: Box): Box | null
  }
  selectedNodes: {
    rangesOf(document: Document, selection: Selection): AbstractRange[]
    asRange(range: AbstractRange): Range | null
    within(range: AbstractRange): {top: Element; nodes: Map<Node, {from: number; to: number}>}
  }
  selectedBoxes: {
    ofPart(pieces: TextPiece[], start: number, end: number): Box[]
    around(ranges: AbstractRange[]): Box | null
    moving(element: Element, measure: () => Box | null): () => Box
    of(element: Element | null): Box
  }
  selection: {read(top: Window): Selected}
  windows: {
    upFrom(first: Window): (Window & typeof globalThis)[]
    takesFrames(page: Window): boolean
    isSandboxed(page: Window): boolean
    viewportOf(page: Window): Box
    boxesInLast(windows: Window[], boxes: Box[]): Box[]
    modalDialog(from: Node | null, document: Document): HTMLDialogElement | null
  }
  createOverlayFrame(
    page: Window & typeof globalThis,
    id: string,
    theme: import('../shared/messages.js').ShellStart['theme'],
  ): {host: HTMLElement; root: ShadowRoot; frame: HTMLIFrameElement; waiting: HTMLElement}
  createHighlight(
    root: ShadowRoot,
    selected: Selected,
    around: (Window & typeof globalThis)[],
  ): {
    draw(): void
    show(part: {start: number; end: number; colour: string; reveal: boolean}): void
  }
  textExtraction: {
    /** The main blocks of the page, in its order; in slices, so that it stays responsive. */
    findBlocks(signal: AbortSignal): Promise<{blocks: PageBlock[]; roots: ShadowRoot[]}>
    blocksIn(top: Element, roots?: ShadowRoot[]): Generator<FoundBlock | undefined>
  }
  mainPart: {
    of(found: FoundBlock[]): PageBlock[]
    isProse(text: string): boolean
  }
  stacking: {
    placeOf(element: Element, known: WeakMap<Element, StackingPlace>): StackingPlace
    clipping(element: Element): Element[]
    cut(box: DOMRect, clips: Element[], known: Map<Element, DOMRect>): string
    onDark(element: Element): boolean
    isLight(colour: string): boolean
    round(length: number): number
  }
  scrolling: {
    scrollersOf(element: Element): Element[]
    scrollTo(element: Element, bounds: {top: number; bottom: number}): void
  }
  highlightBoxes: {
    PLAIN: string
    linesOf(block: PageBlock, mark: {start: number; end: number}): Required<DOMRectInit>[]
    boundsOf(block: PageBlock, mark: {start: number; end: number}): {top: number; bottom: number}
    /** Styles of the boxes of marks, which are placed relative to `origin`. */
    stylesOf(
      block: PageBlock,
      marks: Mark[],
      origin: {x: number; y: number},
      tints: Tint[],
      current: number | null,
    ): string[]
  }
  createStage(
    root: ShadowRoot,
    host: Element,
    ended: AbortSignal,
  ): {
    ground: ShadowRoot | HTMLElement
    layer(level: string): HTMLElement
    /** Whether the boxes move with the page when it scrolls. */
    scrollsAlong: boolean
    origin(): {x: number; y: number}
    holderOf(boxes: string[]): HTMLElement
  }
  createMinimap(
    root: ShadowRoot | HTMLElement,
    plain: string,
  ): {
    /** `at`: in 0..1 of the scroller's height. */
    draw(scroller: Element, ticks: {at: number; colour: string}[]): void
  }
  createMarks(): {
    blocks: Map<number, MarkedBlock>
    byElement: Map<Element, MarkedBlock[]>
    stops: Map<number, Stop>
    shownGroups: Set<number> | null
    current: number | null
    clear(): void
    addBlocks(from: number, blocks: PageBlock[]): void
    add(mark: Mark): MarkedBlock | undefined
    isIntact(of: MarkedBlock): boolean
    isShown(mark: Mark): boolean
    next(direction: 1 | -1, strayed: boolean): Stop | null
  }
  createHighlighter(root: ShadowRoot, host: Element): Highlighter
  /** Begins a view; one that is there already ends. */
  startView(owner: (root: ShadowRoot) => OwnerLink): void
  endView(): void
  /** What connects from now on is not given a view. */
  ignoreOwners(): void
  openCard(
    start: import('../shared/messages.js').ShellStart,
  ): Promise<import('../shared/messages.js').Opened>
}

declare var lensmith: Lensmith
