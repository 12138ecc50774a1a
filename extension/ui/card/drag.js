// Moving the card over the page: by its header with the pointer, by the keyboard with the arrow
// keys.

const STEP = 24 // CSS pixels a key
const LARGE_STEP = 96 // with Shift

/** @type {Record<string, [number, number]>} */
const DIRECTIONS = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}

/**
 * @param {HTMLElement} header  What the pointer takes hold of.
 * @param {HTMLElement} grip  The button where plain arrow keys do it; with Alt they do everywhere.
 * @param {{grab: () => void, move: (x: number, y: number) => void}} moved  `move` gives the way
 *   since `grab`.
 */
export function makeMovable(header, grip, {grab, move}) {
  /** @type {{x: number, y: number} | null} */ let from = null
  /** @type {{x: number, y: number} | null} */ let way = null

  header.addEventListener('pointerdown', (event) => {
    const button = /** @type {Element} */ (event.target).closest('button')
    if (event.button !== 0 || (button && button !== grip)) return
    header.setPointerCapture(event.pointerId)
    header.classList.add('held')
    // on the screen: in the frame nothing moves, as the frame goes along
    from = {x: event.screenX, y: event.screenY}
    grab()
  })
  header.addEventListener('pointermove', (event) => {
    if (!from) return
    if (!way)
      requestAnimationFrame(() => {
        // the screen shows no more often than that
        if (way) move(way.x, way.y)
        way = null
      })
    way = {x: event.screenX - from.x, y: event.screenY - from.y}
  })
  const letGo = () => {
    from = null
    header.classList.remove('held')
  }
  header.addEventListener('pointerup', letGo)
  header.addEventListener('pointercancel', letGo)

  document.addEventListener('keydown', (event) => {
    const direction = DIRECTIONS[event.key]
    if (!direction || event.ctrlKey || event.metaKey || (!event.altKey && event.target !== grip))
      return
    event.preventDefault() // Alt with an arrow would go back in the page's history
    const step = event.shiftKey ? LARGE_STEP : STEP
    grab()
    move(direction[0] * step, direction[1] * step)
  })
}
