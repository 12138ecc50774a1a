// What the card consists of on the page: a holder in the top layer, and in its closed shadow tree
// the frame with the card's own page, and what is seen until that is there.

var lensmith = lensmith || {}

/**
 * `waiting` is drawn beneath the frame.
 * @typedef {object} CardFrame
 * @property {HTMLElement} holder
 * @property {HTMLElement} root
 * @property {HTMLIFrameElement} frame
 * @property {HTMLElement} waiting
 * @property {(theme: import('../../shared/messages.js').CardHostStart['theme']) => void} setTheme
 */

lensmith.createCardFrame = (() => {
  /** Colours of ui/lib/base.css, for what is to be seen until the frame's own page is. */
  const LOOKS = {
    light: {ground: '#ffffff', line: '#e2e4e9', accent: '#3454b4'},
    dark: {ground: '#1c1d21', line: '#3a3d44', accent: '#9db4ff'},
  }

  /**
   * @param {Window & typeof globalThis} page
   * @param {{id: string, theme: import('../../shared/messages.js').CardHostStart['theme']}} start
   * @param {AbortSignal} signal
   * @param {() => void} gone  Called when the extension is no more.
   * @returns {CardFrame}
   */
  return (page, {id, theme}, signal, gone) => {
    const {document} = page
    const holder = document.createElement('div')
    holder.popover = 'manual' // in the top layer: above dialogs and full screen, free of the page's stacking and transforms
    const tree = holder.attachShadow({mode: 'closed'})
    const root = lensmith.createShell(document, signal, gone)
    tree.append(root)
    const sheet = new page.CSSStyleSheet() // a style element would be subject to the page's policy
    setTheme(theme)
    tree.adoptedStyleSheets = [sheet]
    const frame = document.createElement('iframe')
    frame.title = chrome.i18n.getMessage('name')
    frame.allow = 'clipboard-write'
    frame.src = `${chrome.runtime.getURL('ui/card/card.html')}#${id}`
    // The browser needs a tenth of a second and more for the frame's page. Until then, its waiting
    // state is drawn beneath it, without a word, which the page could find.
    const waiting = document.createElement('div')
    waiting.className = 'waiting'
    waiting.dir = chrome.i18n.getMessage('ui_direction')
    root.append(waiting, frame)
    return {holder, root, frame, waiting, setTheme}

    /** @param {import('../../shared/messages.js').CardHostStart['theme']} wanted */
    function setTheme(wanted) {
      sheet.replaceSync(styleOf(LOOKS[shadeOf(wanted)]))
    }
  }

  /** @param {'system' | 'light' | 'dark'} theme */
  function shadeOf(theme) {
    if (theme !== 'system') return theme
    return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  }

  /** @param {{ground: string, line: string, accent: string}} look */
  function styleOf({ground, line, accent}) {
    return `
    :host { all: initial !important; position: fixed !important; inset: 0 auto auto 0 !important }
    :host::backdrop { display: none !important }
    @media print { :host { display: none !important } }
    iframe, .waiting { all: initial; visibility: inherit; position: fixed; border-radius: 12px }
    /* Where the system forces its colours, the shadow goes and the outline shows. */
    iframe { box-shadow: 0 0 0 1px #8884, 0 6px 24px #0005; outline: 1px solid transparent; color-scheme: light dark }
    .waiting { background: ${ground} }
    .waiting::before {
      content: ''; position: absolute; inset-block-start: 48px; inset-inline-start: 16px; box-sizing: border-box; width: 16px; height: 16px;
      border: 2px solid ${line}; border-top-color: ${accent}; border-radius: 50%; animation: turn 0.8s linear infinite
    }
    .waiting::after { content: ''; position: absolute; inset: 72px 16px auto; height: 4px; border-radius: 2px; background: ${line} }
    @keyframes turn { to { transform: rotate(1turn) } }
    @media (prefers-reduced-motion: reduce) { .waiting::before { animation-duration: 4s } }
    .light { position: fixed; inset: 0; overflow: hidden; pointer-events: none }
    .light div {
      position: fixed; box-sizing: border-box; border-bottom: 2px solid; border-radius: 2px; forced-color-adjust: none;
      background: color-mix(in srgb, currentColor 30%, transparent)
    }`
  }
})()
