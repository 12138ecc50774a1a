// Runs inside the web page: the conversation of a page view with the extension page that owns it.
// It does what it is asked to, sends text and places, and never sees a result. A classic script:
// see dom/tree.js.

var lensmith = lensmith || {}

lensmith.view?.end() // a second view replaces the first
lensmith.view?.ignoreOwners() // and this script the one that was injected before it

lensmith.view = (() => {
  const HTML = 'http://www.w3.org/1999/xhtml'
  const WATCHED = {childList: true, subtree: true, characterData: true}
  const SHOWN = 'display: contents !important'
  const LOOK_MS = 1000
  let endCurrent = () => {}

  // The side panel connects by itself. (The docked panel's script hands over its port.) Whoever
  // comes is ours: pages cannot connect.
  const PAGE_PORT = 'page-view'
  chrome.runtime.onConnect.addListener(connect)

  return {start, end: () => endCurrent(), canBePainted, ignoreOwners}

  /** @param {chrome.runtime.Port} port */
  function connect(port) {
    if (port.name !== PAGE_PORT) return
    if (!canBePainted()) {
      findNothing(port)
      return
    }
    start(() => ({
      send: (report) => port.postMessage(report),
      receive(take) {
        port.onMessage.addListener(take)
        port.onDisconnect.addListener(() => endCurrent()) // the side panel was closed
      },
      close: () => port.disconnect(),
    }))
  }

  /** In a drawing or another document of XML no element of ours would be shown. */
  function canBePainted() {
    // Chromium's view of XML is HTML around a document that makes elements of no namespace.
    const made = document.createElement('div').namespaceURI
    return made === HTML && document.documentElement?.namespaceURI === HTML
  }

  /** @param {chrome.runtime.Port} port */
  function findNothing(port) {
    /** @type {import('../../shared/page-view.js').BlocksReport} */
    const nothing = {kind: 'blocks', from: 0, texts: [], last: true}
    port.onMessage.addListener(({kind}) => {
      if (kind === 'read') port.postMessage(nothing)
    })
  }

  function ignoreOwners() {
    chrome.runtime.onConnect.removeListener(connect)
  }

  /**
   * Begins a view; one that is there already ends.
   * @param {(root: ShadowRoot) => import('../../shared/page-view.js').OwnerLink} owner
   */
  function start(owner) {
    ignoreOwners()
    endCurrent()
    removeLeftOver()
    const ending = new AbortController()
    const {signal} = ending
    const {host, root} = createHost(signal)
    const painter = lensmith.createPainter(root)
    const link = owner(root)
    const changes = lensmith.watchChanges({
      each() {
        if (!host.isConnected) end() // the page threw it out
      },
      quiet: readChanges,
    })
    const reader = lensmith.createBlockReader({
      painter,
      link,
      signal,
      observe: (shadowRoot) => changes.observe(shadowRoot, WATCHED),
    })
    let address = ''
    let follow = false
    let moved = false
    endCurrent = end
    // Going on to another page ends the view, also where coming back would find this page as it was
    // left. The page itself cannot end it so.
    onTrusted('pagehide', signal, end)
    onceGone(signal, end)
    link.receive(take)

    /** @param {import('../../shared/page-view.js').PageOrder} order */
    function take(order) {
      if (signal.aborted) return
      if (order.kind === 'read') begin(order)
      else if (order.kind === 'follow') followPage(order)
      else if (order.kind === 'tint') painter.setTints(order.tints)
      else if (order.kind === 'paint') painter.paint(order.marks)
      else if (order.kind === 'filter') painter.filter(order.groups)
      else if (order.kind === 'walk') link.send({kind: 'at', mark: painter.walk(order.direction)})
      else if (order.kind === 'go') link.send({kind: 'at', mark: painter.go(order.mark)})
      else if (order.kind === 'remove') end()
    }

    /** @param {import('../../shared/page-view.js').ReadOrder} order */
    function begin(order) {
      painter.clear() // it may be the second time
      reader.forget()
      moved = false
      address = addressOf(location.href)
      follow = order.follow
      changes.observe(document.documentElement, WATCHED)
      void reader.read()
    }

    /** @param {{follow: boolean}} order */
    function followPage(order) {
      follow = order.follow
      if (follow) void reader.read()
    }

    function readChanges() {
      if (!moved && addressOf(location.href) !== address) {
        moved = true
        follow = false // what comes now is another page
        link.send({kind: 'moved'})
      }
      if (follow) void reader.read()
    }

    function end() {
      if (signal.aborted) return
      ending.abort()
      changes.stop()
      painter.remove()
      link.close()
      host.remove()
    }
  }

  /**
   * Once the extension was updated or turned off.
   * @param {AbortSignal} signal @param {() => void} act
   */
  function onceGone(signal, act) {
    const timer = setInterval(() => {
      if (!chrome.runtime?.id) act()
    }, LOOK_MS)
    signal.addEventListener('abort', () => clearInterval(timer))
  }

  /** Of a view whose scripts the browser ended: Firefox does, when the extension is updated. */
  function removeLeftOver() {
    for (const element of [...document.documentElement.children]) {
      const {localName, attributes, style, childNodes} = /** @type {HTMLElement} */ (element)
      if (localName === 'div' && attributes.length === 1 && !childNodes.length)
        if (style.cssText === `${SHOWN};`) element.remove()
    }
  }

  /** What holds all that is painted. @param {AbortSignal} signal */
  function createHost(signal) {
    const host = document.createElement('div')
    // No box of its own: what stands inside is laid over the page.
    const show = (/** @type {boolean} */ shown) => {
      host.style.cssText = shown ? SHOWN : 'display: none !important'
    }
    show(true)
    onTrusted('beforeprint', signal, () => show(false))
    onTrusted('afterprint', signal, () => show(true))
    const root = host.attachShadow({mode: 'closed'})
    document.documentElement.append(host)
    return {host, root}
  }

  /** @param {string} kind @param {AbortSignal} signal @param {() => void} act */
  function onTrusted(kind, signal, act) {
    addEventListener(
      kind,
      ({isTrusted}) => {
        if (isTrusted) act()
      },
      {signal},
    )
  }

  /** Without the fragment: a jump within a page is none to another. @param {string} url */
  function addressOf(url) {
    return url.replace(/#.*/s, '')
  }
})()

// As in overlay.js: a value that can be handed over.
void 0
