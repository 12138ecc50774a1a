// The tree of a page as it is shown: a shadow tree in place of its host's children, what fills a
// slot in place of the slot's own. A classic script, as are all that run inside the web page: they
// cannot import. What each gives to the others is in `lensmith`, on a global object that the page
// does not see.

var lensmith = lensmith || {}

lensmith.tree = (() => {
  /**
   * The element around a node, out of a shadow tree too.
   * @param {Node} node
   * @returns {Element | null}
   */
  function parentOf(node) {
    const slot = /** @type {Partial<Text>} */ (node).assignedSlot
    return (
      slot ?? node.parentElement ?? /** @type {ShadowRoot | null} */ (node.parentNode)?.host ?? null
    )
  }

  /**
   * The node itself if it is an element, else the one around it.
   * @param {Node} node
   * @returns {Element | null}
   */
  function elementOf(node) {
    return node.nodeType === Node.ELEMENT_NODE ? /** @type {Element} */ (node) : parentOf(node)
  }

  /** @param {Node} node @returns {ArrayLike<Node>} */
  function childrenOf(node) {
    const element = /** @type {Partial<HTMLSlotElement>} */ (node)
    if (element.shadowRoot) return element.shadowRoot.childNodes
    const assigned = element.localName === 'slot' ? element.assignedNodes?.() : undefined
    return assigned?.length ? assigned : node.childNodes
  }

  return {parentOf, elementOf, childrenOf}
})()
