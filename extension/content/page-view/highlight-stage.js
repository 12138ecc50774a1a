// Where boxes are drawn: layers in a closed shadow root, one for each level of the page's own
// stacking, and a shield over all of the page.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.createStage = (() => {
  const {dom, highlightBoxes, hosts} = lensmith
  const {PLAIN} = highlightBoxes
  const SHIELD = '2147483646' // z-index: under the floating panel, over all else
  const EMPTY = 'position: absolute; left: 0; top: 0; width: 0; height: 0'

  /** @type {Lensmith['createStage']} */
  return (root, host, ended) => {
    const turned = isTransformed(document.documentElement)
    const ground = turned ? topLayer(root) : root
    /** @type {Map<string, HTMLElement>} */ const layers = new Map()
    const anchor = layer('0')
    const shield = plain(`position: fixed; inset: 0; z-index: ${SHIELD}`)
    ground.append(shield)
    hosts.claim(host, shield, 'view', ended)

    /** The layer for text of one level. @param {string} level */
    function layer(level) {
      const known = layers.get(level)
      if (known) return known
      // Just above the text, not above everything: what the page puts over its text (a fixed
      // header, a dialog) covers the boxes too.
      const made = plain(`${EMPTY}; z-index: ${level}; contain: layout style`)
      layers.set(level, made)
      ground.append(made)
      return made
    }

    return {
      ground,
      layer,
      scrollsAlong: !turned,
      origin: () => anchor.getBoundingClientRect(),
      holderOf(boxes) {
        const holder = plain(EMPTY)
        holder.append(
          ...boxes.map((style) => {
            const box = document.createElement('div')
            box.style.cssText = style
            return box
          }),
        )
        return holder
      },
    }
  }

  /**
   * What is placed inside of such an element goes along with it. Boxes are measured as they are
   * shown, so they have to stand outside of it: in the top layer.
   * @param {Element} element
   */
  function isTransformed(element) {
    const {transform, rotate, scale, translate} = dom.styleOf(element)
    return [transform, rotate, scale, translate].some((value) => value && value !== 'none')
  }

  /** @param {ShadowRoot} root */
  function topLayer(root) {
    const made = plain('display: block; position: fixed; inset: 0')
    made.popover = 'manual'
    root.append(made)
    made.showPopover()
    return made
  }

  /** @param {string} style */
  function plain(style) {
    const made = document.createElement('div')
    made.style.cssText = `${PLAIN}; ${style}`
    return made
  }
})()
