// Which nodes of the tree as it is shown belong to a selected range.

var lensmith = lensmith || {}

/**
 * Asked in the order of the walk. `enters`: whether something in a node may be selected. `takes`:
 * whether the node that was entered last is. `leaves`: after what is in the node.
 * @typedef {object} RangeFilter
 * @property {Node} top  That holds all of it.
 * @property {(node: Node, parent: Node, index: number, isParentIn: boolean) => boolean} enters
 * @property {() => boolean} takes
 * @property {(node: Node) => void} leaves
 */

lensmith.rangeFilter = (() => {
  /** @param {AbstractRange} range @returns {RangeFilter} */
  function filterOf(range) {
    const live = asRange(range)
    return live ? inOneTree(live) : acrossTrees(range)
  }

  /** @param {Range} range @returns {RangeFilter} */
  function inOneTree(range) {
    const root = range.startContainer.getRootNode()
    return {
      top: range.commonAncestorContainer,
      // What fills a slot or is in a shadow tree is selected with the element around it.
      enters: (node, _parent, _index, isParentIn) =>
        node.getRootNode() === root ? range.intersectsNode(node) : isParentIn,
      takes: () => true,
      leaves: () => {},
    }
  }

  /**
   * A selection across a shadow tree's border: from its start to its end, as they are shown.
   * @param {AbstractRange} range
   * @returns {RangeFilter}
   */
  function acrossTrees({startContainer, startOffset, endContainer, endOffset}) {
    let [inside, over] = [false, false]
    return {
      top: /** @type {Document} */ (startContainer.ownerDocument),
      enters(node, parent, index) {
        if (node === startContainer && node.nodeType === Node.TEXT_NODE) inside = true
        if (parent === startContainer && index >= startOffset) inside = true
        if (parent === endContainer && index >= endOffset) over = true
        return !over
      },
      takes: () => inside && !over,
      leaves(node) {
        if (node === startContainer) inside = true
        if (node === endContainer) over = true
      },
    }
  }

  /**
   * A live range, which a selection across a shadow tree's border cannot have.
   * @param {AbstractRange} range
   * @returns {Range | null}
   */
  function asRange(range) {
    if (range instanceof Range || 'commonAncestorContainer' in range)
      return /** @type {Range} */ (range)
    if (range.startContainer.getRootNode() !== range.endContainer.getRootNode()) return null
    const live = new Range()
    live.setStart(range.startContainer, range.startOffset)
    live.setEnd(range.endContainer, range.endOffset)
    return live
  }

  return {filterOf, asRange}
})()
