// A strip beside the scrollbar that shows where on the page the colours are.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.createMinimap = (() => {
  const WIDTH = 10
  const INSET = 2 // CSS pixels at the left of a tick
  const [THINNEST, THICKEST] = [2, 4] // CSS pixels of a tick
  const NEEDED_FROM = 1.5 // viewports: a page that fits the window needs no map

  /** @type {Lensmith['createMinimap']} */
  return (root, plain) => {
    const strip = document.createElement('div')
    strip.style.cssText = `${plain}; position: fixed; right: 0; width: ${WIDTH}px; z-index: 2147483646; background: #8882; display: none`
    const canvas = document.createElement('canvas')
    canvas.style.cssText = `${plain}; position: absolute; inset: 0; width: 100%; height: 100%`
    strip.append(canvas)
    root.append(strip)

    return {
      draw(scroller, ticks) {
        const whole = scroller === document.scrollingElement
        const {clientWidth} = document.documentElement
        const {top, right} = whole ? {top: 0, right: clientWidth} : scroller.getBoundingClientRect()
        const height = whole ? innerHeight : scroller.clientHeight
        const needed = scroller.scrollHeight > scroller.clientHeight * NEEDED_FROM
        strip.style.display = ticks.length && needed ? 'block' : 'none'
        strip.style.top = `${top}px`
        strip.style.right = `${Math.max(0, clientWidth - right)}px`
        strip.style.height = `${height}px`
        canvas.width = WIDTH * devicePixelRatio
        canvas.height = height * devicePixelRatio
        drawTicks(canvas, ticks, height)
      },
    }
  }

  /**
   * @param {HTMLCanvasElement} canvas @param {{at: number, colour: string}[]} ticks
   * @param {number} height  In CSS pixels.
   */
  function drawTicks(canvas, ticks, height) {
    const context = canvas.getContext('2d')
    if (!context) return
    const thick = Math.max(THINNEST, Math.min(THICKEST, height / ticks.length)) * devicePixelRatio
    const left = INSET * devicePixelRatio
    for (const {at, colour} of ticks) {
      context.fillStyle = colour
      context.fillRect(left, at * canvas.height, canvas.width - left - devicePixelRatio, thick)
    }
  }
})()
