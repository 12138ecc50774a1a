// The document as it is shown: shadow trees in place of their hosts, slotted nodes in their slots.
// Nodes may come from another window of the same site, so kinds are told by name, not by class.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.dom = (() => {
  const MAX_WALK = 10_000 // ancestors: a loop that never ends would freeze the page

  /** @param {Node} node @returns {node is Element} */
  function isElement(node) {
    return node.nodeType === 1
  }

  /** @param {Node} node @returns {node is Text} */
  function isText(node) {
    return node.nodeType === 3 || node.nodeType === 4 // CDATA, in XML
  }

  /** The element around a node, out of slots and shadow trees too. @param {Node} node */
  function parentOf(node) {
    const {assignedSlot} = /** @type {Partial<Text>} */ (node)
    if (assignedSlot) return /** @type {Element} */ (assignedSlot)
    return node.parentElement ?? /** @type {ShadowRoot | null} */ (node.parentNode)?.host ?? null
  }

  /** @param {Node} node @returns {ArrayLike<Node>} */
  function childrenOf(node) {
    const element = /** @type {Partial<HTMLSlotElement>} */ (node)
    if (element.shadowRoot) return element.shadowRoot.childNodes
    const assigned = element.localName === 'slot' ? element.assignedNodes?.() : undefined
    return assigned?.length ? assigned : node.childNodes
  }

  /** The node itself if it is an element, else the one around it. @param {Node} node */
  function elementOf(node) {
    if (isElement(node)) return node
    return parentOf(node) ?? /** @type {Partial<ShadowRoot>} */ (node).host ?? null
  }

  /** An element and all around it, the innermost first. @param {Element | null} element */
  function withAncestors(element) {
    /** @type {Element[]} */ const found = []
    for (let at = element; at && found.length < MAX_WALK; at = parentOf(at)) found.push(at)
    return found
  }

  /** @param {Element} ancestor @param {Element} element */
  function contains(ancestor, element) {
    return ancestor.contains(element) || withAncestors(element).includes(ancestor)
  }

  /** @param {Element} element */
  function styleOf(element) {
    return getComputedStyle(element)
  }

  /** Whether an element is the page itself, which the viewport scrolls. @param {Element} element */
  function isPage(element) {
    const {documentElement, body} = element.ownerDocument
    return element === documentElement || element === body
  }

  return {
    isElement,
    isText,
    parentOf,
    childrenOf,
    elementOf,
    withAncestors,
    contains,
    styleOf,
    isPage,
  }
})()
