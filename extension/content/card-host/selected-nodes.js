// Which nodes of the document a selection holds, shadow trees included.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.selectedNodes = (() => {
  const {dom} = lensmith

  /**
   * What a selection holds of a node's root: `within`: what the range says of the node itself;
   * `sure`: all of it; `maybe`: what stands between nodes that are selected.
   * @typedef {'within' | 'sure' | 'maybe'} Hold
   * @typedef {{node: Node, from: number, to: number, hold: Hold}} Found
   */

  /** @param {Document} document @param {Selection} selection @returns {AbstractRange[]} */
  function rangesOf(document, selection) {
    const ranges = Array.from({length: selection.rangeCount}, (_, index) =>
      selection.getRangeAt(index),
    ).filter((range) => !range.collapsed)
    if (ranges.length) return ranges
    // What is selected in a shadow tree looks collapsed from outside.
    const composed =
      /** @type {{getComposedRanges?: (options: {shadowRoots: ShadowRoot[]}) => StaticRange[]}} */ (
        /** @type {unknown} */ (selection)
      ) // not yet in TypeScript's DOM
    return (
      composed
        .getComposedRanges?.({shadowRoots: shadowRoots(document)})
        .filter((range) => !range.collapsed) ?? []
    )
  }

  /** @param {Document | ShadowRoot} root @returns {ShadowRoot[]} */
  function shadowRoots(root) {
    return Array.from(root.querySelectorAll('*'), (element) => element.shadowRoot)
      .filter((inner) => inner !== null)
      .flatMap((inner) => [inner, ...shadowRoots(inner)])
  }

  /**
   * A live range, which a selection across a shadow tree's border cannot have.
   * @param {AbstractRange} range @returns {Range | null}
   */
  function asRange(range) {
    if ('commonAncestorContainer' in range) return /** @type {Range} */ (range)
    if (range.startContainer.getRootNode() !== range.endContainer.getRootNode()) return null
    const live = /** @type {Document} */ (range.startContainer.ownerDocument).createRange()
    live.setStart(range.startContainer, range.startOffset)
    live.setEnd(range.endContainer, range.endOffset)
    return live
  }

  /**
   * The innermost element around a range, and the selected part of each text, picture and break in
   * it.
   * @type {Lensmith['selectedNodes']['within']}
   */
  function within(range) {
    const live = asRange(range)
    /** @type {Found[]} */ const found = []
    const around = live
      ? dom.elementOf(live.commonAncestorContainer)
      : range.startContainer.ownerDocument?.documentElement
    const top = around ?? /** @type {Document} */ (range.startContainer).documentElement
    if (live) collect(live, live.commonAncestorContainer, 'within', found)
    else collectBetween(range, top, found)
    // At the ends, what the range does not hold itself is not selected.
    const isCertain = (/** @type {Found} */ {hold}) => hold !== 'maybe'
    const certain = found.slice(found.findIndex(isCertain), found.findLastIndex(isCertain) + 1)
    return {top, nodes: new Map(certain.map(({node, from, to}) => [node, {from, to}]))}
  }

  /** @param {Range} range @param {Node} node @param {Hold} hold @param {Found[]} found */
  function collect(range, node, hold, found) {
    if (hold === 'within' && !range.intersectsNode(node)) return
    if (dom.isText(node)) {
      const own = hold === 'within'
      const from = own && node === range.startContainer ? range.startOffset : 0
      const to = own && node === range.endContainer ? range.endOffset : node.length
      if (from < to) found.push({node, from, to, hold})
      return
    }
    if (dom.isElement(node)) found.push({node, from: 0, to: 0, hold})
    const root = range.startContainer.getRootNode()
    /** @type {Hold} */ const inner =
      hold === 'within' ? (holdsAll(range, node) ? 'sure' : 'maybe') : hold
    for (const child of Array.from(dom.childrenOf(node)))
      collect(range, child, child.getRootNode() === root ? 'within' : inner, found)
  }

  /** @param {Range} range @param {Node} node */
  function holdsAll({startContainer, endContainer}, node) {
    return !node.contains(startContainer) && !node.contains(endContainer)
  }

  /**
   * What stands between two places of different trees, in the order in which it is shown.
   * @param {AbstractRange} range @param {Node} top @param {Found[]} found
   */
  function collectBetween({startContainer, startOffset, endContainer, endOffset}, top, found) {
    let [inside, over] = [false, false]
    const pass = (/** @type {Node} */ node, /** @type {number} */ offset) => {
      if (node === startContainer && offset === startOffset) inside = true
      if (node === endContainer && offset === endOffset) over = true
    }
    const visit = (/** @type {Node} */ node) => {
      if (dom.isText(node)) {
        if (node === startContainer) inside = true
        const from = node === startContainer ? startOffset : 0
        const to = node === endContainer ? endOffset : node.length
        if (inside && from < to) found.push({node, from, to, hold: 'sure'})
        if (node === endContainer) over = true
        return
      }
      if (inside && dom.isElement(node)) found.push({node, from: 0, to: 0, hold: 'sure'})
      const children = dom.childrenOf(node)
      for (let index = 0; index < children.length && !over; index++) {
        pass(node, index)
        if (!over) visit(children[index])
      }
      pass(node, children.length)
    }
    visit(top)
  }

  return {rangesOf, asRange, within}
})()
