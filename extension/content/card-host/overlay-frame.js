// The card's frame and all that is drawn around it, in a closed shadow root.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.createOverlayFrame = (() => {
  /** Colours of the card itself, for what is to be seen until the frame's own page is. */
  const LOOKS = {
    light: {ground: '#ffffff', line: '#e2e4e9', accent: '#3454b4'},
    dark: {ground: '#1c1d21', line: '#3a3d44', accent: '#9db4ff'},
  }

  /** @type {Lensmith['createOverlayFrame']} */
  return (page, id, theme) => {
    const {document} = page
    const host = document.createElement('div')
    host.popover = 'manual' // in the top layer: above dialogs and full screen, free of the page's stacking and transforms
    const root = host.attachShadow({mode: 'closed'})
    const sheet = new page.CSSStyleSheet() // a style element would be subject to the page's policy
    sheet.replaceSync(styles(LOOKS[theme === 'system' ? themeOfSystem() : theme]))
    root.adoptedStyleSheets = [sheet]
    const frame = document.createElement('iframe')
    frame.title = chrome.i18n.getMessage('name')
    frame.allow = 'clipboard-write'
    frame.src = `${chrome.runtime.getURL('ui/card/card.html')}#${id}`
    // The browser needs a tenth of a second and more for the frame's page. Until then, its waiting
    // state is drawn beneath it, without a word, which the page could find.
    const waiting = document.createElement('div')
    waiting.className = 'waiting'
    waiting.dir = chrome.i18n.getMessage('words_direction')
    root.append(waiting, frame)
    return {host, root, frame, waiting}
  }

  function themeOfSystem() {
    return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  }

  /** @param {typeof LOOKS.light} look */
  function styles({ground, line, accent}) {
    return `
    :host { all: initial !important; position: fixed !important; inset: 0 auto auto 0 !important }
    :host::backdrop { display: none !important }
    @media print { :host { display: none !important } }
    iframe, .waiting { all: initial; position: fixed; border-radius: 12px }
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
    .highlight { position: fixed; inset: 0; overflow: hidden; pointer-events: none }
    .highlight div {
      position: fixed; box-sizing: border-box; border-bottom: 2px solid; border-radius: 2px; forced-color-adjust: none;
      background: color-mix(in srgb, currentColor 30%, transparent)
    }`
  }
})()
