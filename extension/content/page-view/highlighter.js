// Runs inside the web page: paints sentences, in a closed shadow root of ours. Colours alone: what
// they mean is not known here.
//
// Boxes lie over the text where Range.getClientRects() says that it is. (CSS.highlights would be
// simpler, and readable by the page.) Only blocks near the viewport have boxes. Boxes are placed
// relative to their block, so a block that moves costs one transform; it is measured again only
// when its size or text changes. This file joins the parts and listens to the page.

var lensmith = lensmith || {}

/** @param {HTMLElement} root @returns {import('../../shared/page-view.js').Painter} */
lensmith.createPainter = (root) => {
  const marks = lensmith.createMarks()
  const steps = lensmith.createSteps(marks)
  const layers = new lensmith.Layers(root, marks, steps.current)
  const minimap = lensmith.createMinimap(root, marks)
  const watch = lensmith.watchBlocks({marks, layers, minimap, steps})

  return {
    setTints(tints) {
      marks.setTints(tints)
      watch.layAnew()
    },

    addBlocks: marks.addBlocks,

    paint(given) {
      for (const mark of given) {
        const block = marks.addMark(mark)
        if (block) watch.observe(block)
      }
      layers.look()
      minimap.drawSoon()
    },

    filter(groups) {
      marks.setGroups(groups)
      watch.layAnew()
    },

    walk(direction) {
      const at = steps.walk(direction)
      layers.look()
      return at
    },

    go(number) {
      const at = steps.go(number)
      layers.look()
      return at
    },

    clear() {
      for (const one of marks.blocks.values()) layers.leave(one)
      watch.clear()
      marks.clear()
      steps.clear()
      minimap.drawSoon()
    },

    remove() {
      watch.stop()
      minimap.stop()
      layers.stop()
    },
  }
}
