// Reads the blocks of the page, and tells the owner of the view those that it does not know yet.

var lensmith = lensmith || {}

/**
 * @param {object} parts
 * @param {import('../../shared/page-view.js').Painter} parts.painter
 * @param {import('../../shared/page-view.js').OwnerLink} parts.link
 * @param {(root: ShadowRoot) => void} parts.observe  A shadow tree on the way.
 * @param {AbortSignal} parts.signal
 */
lensmith.createBlockReader = ({painter, link, observe, signal}) => {
  const BATCH = 200 // blocks in one report
  // the first node of a block to all of its text
  /** @type {WeakMap<Node, string>} */ let known = new WeakMap()
  let count = 0
  let reading = false
  let wanted = false

  return {
    read,

    /** Read again from the beginning, next time. */
    forget() {
      known = new WeakMap()
      count = 0
    },
  }

  /** Report the blocks that are not known yet. */
  async function read() {
    wanted = true
    if (reading) return
    reading = true
    while (wanted && !signal.aborted) {
      wanted = false
      const before = known
      const {blocks, roots} = await lensmith.extraction.findBlocks(signal)
      if (signal.aborted || known !== before) continue // another run has begun since
      roots.forEach(observe)
      report(blocks.filter(isUnknown))
    }
    reading = false
  }

  /** @param {import('../../shared/page-view.js').PageBlock} block */
  function isUnknown({pieces: [first], text}) {
    return first !== undefined && known.get(first.node) !== text
  }

  /** @param {import('../../shared/page-view.js').PageBlock[]} fresh */
  function report(fresh) {
    for (const {pieces, text} of fresh) if (pieces[0]) known.set(pieces[0].node, text)
    for (let from = 0; from === 0 || from < fresh.length; from += BATCH) {
      const batch = fresh.slice(from, from + BATCH)
      painter.addBlocks(count, batch)
      link.send({
        kind: 'blocks',
        from: count,
        texts: batch.map(({text}) => text),
        last: from + BATCH >= fresh.length,
      })
      count += batch.length
    }
  }
}
