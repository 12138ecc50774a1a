// The position of a card: geometry alone. A classic script, as are all that run inside the web
// page: they cannot import.

var lensmith = lensmith || {}

/**
 * Boxes in CSS pixels of one window, `right` and `bottom` implied.
 * @typedef {{left: number, top: number, width: number, height: number}} Box
 * @typedef {'below' | 'above' | 'right' | 'left'} Side
 * @typedef {{box: Box, side: Side | null}} Place  `side` is null where the card had to cover some
 *   of the text.
 */
lensmith.positioning = (() => {
  const MARGIN = 8
  /** A card may shrink to this, and scroll inside, rather than cover the text. */
  const LEAST_HEIGHT = 160
  const SIDES = /** @type {Side[]} */ (['below', 'above', 'right', 'left'])

  /**
   * Beside the text and inside the viewport: on the side it had, else the first that has room, else
   * a shorter card below or above, else
   * where it covers the least.
   * @param {{text: Box, viewport: Box, width: number, height: number, rightToLeft: boolean, side?:
   *   Side | null}} wanted
   * @returns {Place}
   */
  function beside({text, viewport, width, height, rightToLeft, side: before = null}) {
    const room = shrunk(viewport, MARGIN)
    const size = {width: Math.min(width, room.width), height: Math.min(height, room.height)}
    const seen = overlap(text, viewport) ?? nearest(text, viewport)
    const on = (
      /** @type {Side} */ side,
      /** @type {{width: number, height: number}} */ {width, height},
    ) => {
      const start = rightToLeft ? right(seen) - width : seen.left
      const positions = {
        below: {left: start, top: bottom(seen) + MARGIN},
        above: {left: start, top: seen.top - MARGIN - height},
        right: {left: right(seen) + MARGIN, top: seen.top},
        left: {left: seen.left - MARGIN - width, top: seen.top},
      }
      return within({...positions[side], width, height}, room)
    }
    const clear = (/** @type {Box} */ box) => overlap(box, seen) === null
    for (const side of before ? [before, ...SIDES] : SIDES) {
      const box = on(side, size)
      if (clear(box)) return {box, side}
    }
    const [spaceBelow, spaceAbove] = [
      bottom(room) - bottom(seen) - MARGIN,
      seen.top - MARGIN - room.top,
    ]
    const least = Math.min(LEAST_HEIGHT, size.height)
    if (Math.max(spaceBelow, spaceAbove) >= least) {
      const side = spaceBelow >= spaceAbove ? 'below' : 'above'
      return {box: on(side, {...size, height: Math.max(spaceBelow, spaceAbove)}), side}
    }
    const corners = SIDES.map((side) => on(side, size)).concat(
      corner(viewport, size.width, size.height, rightToLeft),
    )
    const covered = corners.map((box) => area(overlap(box, seen)))
    const box =
      corners[covered.indexOf(Math.min(...covered))] ??
      corner(viewport, size.width, size.height, rightToLeft)
    return {box, side: null}
  }

  /**
   * The lower corner at the end of the lines.
   * @param {Box} viewport
   * @param {number} width
   * @param {number} height
   * @param {boolean} rightToLeft
   */
  function corner(viewport, width, height, rightToLeft) {
    const room = shrunk(viewport, MARGIN)
    const size = {width: Math.min(width, room.width), height: Math.min(height, room.height)}
    return within(
      {
        left: rightToLeft ? room.left : right(room) - size.width,
        top: bottom(room) - size.height,
        ...size,
      },
      room,
    )
  }

  /**
   * Moved, and as large as before, to where it lies inside the viewport.
   * @param {Box} box
   * @param {Box} viewport
   */
  function inside(box, viewport) {
    return within(box, shrunk(viewport, MARGIN))
  }

  /** @param {Box} box @param {Box} room @returns {Box} */
  function within(box, room) {
    return {
      ...box,
      left: Math.max(room.left, Math.min(box.left, right(room) - box.width)),
      top: Math.max(room.top, Math.min(box.top, bottom(room) - box.height)),
    }
  }

  /**
   * The part that both cover, null if there is none.
   * @param {Box} a
   * @param {Box} b
   * @returns {Box | null}
   */
  function overlap(a, b) {
    const [left, top] = [Math.max(a.left, b.left), Math.max(a.top, b.top)]
    const [width, height] = [
      Math.min(right(a), right(b)) - left,
      Math.min(bottom(a), bottom(b)) - top,
    ]
    return width > 0 && height > 0 ? {left, top, width, height} : null
  }

  /**
   * The point of the viewport's edge that is nearest to a box outside of it.
   * @param {Box} box
   * @param {Box} viewport
   * @returns {Box}
   */
  function nearest(box, viewport) {
    return {
      left: Math.max(viewport.left, Math.min(box.left, right(viewport))),
      top: Math.max(viewport.top, Math.min(box.top, bottom(viewport))),
      width: 0,
      height: 0,
    }
  }

  /** @param {Box} box @param {number} by @returns {Box} */
  function shrunk({left, top, width, height}, by) {
    return {
      left: left + by,
      top: top + by,
      width: Math.max(0, width - 2 * by),
      height: Math.max(0, height - 2 * by),
    }
  }

  /** @param {Box} box */
  function right(box) {
    return box.left + box.width
  }

  /** @param {Box} box */
  function bottom(box) {
    return box.top + box.height
  }

  /** @param {Box | null} box */
  function area(box) {
    return box ? box.width * box.height : 0
  }

  return {beside, corner, inside, overlap}
})()
