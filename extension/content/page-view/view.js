// Runs inside the web page: the conversation of a page view with the extension page that owns it.
// It does what it is asked to, sends text and places, and never sees a result.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

;(() => {
  const BATCH = 200 // blocks in one report
  const QUIET_MS = 400 // after which added content is read
  const LONGEST_WAIT_MS = 2000 // for it, on a page that is never quiet
  // The side panel connects by itself. (The docked panel's script hands over its port.) What
  // connects is ours: pages cannot.
  const PAGE_PORT = 'page-view'
  const CHANGES = {childList: true, subtree: true, characterData: true}

  /** @typedef {import('../../shared/page-view.js').PageOrder} PageOrder */

  lensmith.endView?.() // a second view replaces the first
  lensmith.ignoreOwners?.() // and this script the one that was injected before it
  const {createHighlighter, hosts, textExtraction} = lensmith
  lensmith.startView = startView
  lensmith.endView = () => {}
  lensmith.ignoreOwners = () => chrome.runtime.onConnect.removeListener(connect)
  chrome.runtime.onConnect.addListener(connect)

  /** @param {chrome.runtime.Port} port */
  function connect(port) {
    if (port.name !== PAGE_PORT) return
    startView(() => ({
      send: (report) => port.postMessage(report),
      receive(take) {
        port.onMessage.addListener(take)
        // the side panel was closed
        port.onDisconnect.addListener(() => lensmith.endView())
      },
      close: () => port.disconnect(),
    }))
  }

  class View {
    /** @param {(root: ShadowRoot) => OwnerLink} owner */
    constructor(owner) {
      hosts.removeLeftovers(document, 'view')
      this.host = document.createElement('div')
      this.showHost(true)
      const root = this.host.attachShadow({mode: 'closed'})
      document.documentElement.append(this.host)
      this.ending = new AbortController()
      this.highlighter = createHighlighter(root, this.host)
      this.link = owner(root)
      /** The first node of a block to all of its text. @type {WeakMap<Node, string>} */
      this.known = new WeakMap()
      this.address = ''
      this.count = 0
      this.follow = false
      this.reading = false
      this.wanted = false
      this.moved = false
      /** @type {ReturnType<typeof setTimeout> | undefined} */ this.timer = undefined
      this.changedSince = 0
      this.changes = new MutationObserver(() => this.noticeMutation())
      this.changes.observe(document.documentElement, {childList: true})
      this.listen()
    }

    listen() {
      // Going on to another page ends the view, also where coming back would find this page as it
      // was left. The page itself cannot end it so.
      this.on('pagehide', () => this.end())
      this.on('beforeprint', () => this.showHost(false))
      this.on('afterprint', () => this.showHost(true))
      hosts.onOrphaned(this.ending.signal, () => this.end())
      this.link.receive((order) => this.take(order))
    }

    /** @param {string} kind @param {() => void} act */
    on(kind, act) {
      const listener = (/** @type {Event} */ {isTrusted}) => {
        if (isTrusted) act()
      }
      addEventListener(kind, listener, {signal: this.ending.signal})
    }

    /** @param {boolean} shown */
    showHost(shown) {
      // No box of its own: what stands inside is laid over the page.
      this.host.style.cssText = `display: ${shown ? 'contents' : 'none'} !important`
    }

    /** @param {PageOrder} order */
    take(order) {
      const {highlighter, link} = this
      if (this.ending.signal.aborted) return
      if (order.kind === 'tint') highlighter.setTints(order.tints)
      else if (order.kind === 'read') this.readAll(order.follow)
      else if (order.kind === 'paint') highlighter.paint(order.marks)
      else if (order.kind === 'filter') highlighter.filter(order.groups)
      else if (order.kind === 'walk')
        link.send({kind: 'at', mark: highlighter.walk(order.direction)})
      else if (order.kind === 'go') link.send({kind: 'at', mark: highlighter.go(order.mark)})
      else if (order.kind === 'follow') {
        this.follow = order.follow
        if (order.follow) void this.read()
      } else if (order.kind === 'remove') this.end()
    }

    /** From the beginning; it may be the second time. @param {boolean} follow */
    readAll(follow) {
      this.highlighter.clear()
      this.known = new WeakMap()
      this.count = 0
      this.moved = false
      this.address = addressOf(location.href)
      this.follow = follow
      this.changes.observe(document.documentElement, CHANGES)
      void this.read()
    }

    noticeMutation() {
      if (!this.host.isConnected) return this.end() // the page threw it out
      if (!this.address) return // nothing was asked for yet
      const now = performance.now()
      this.changedSince ||= now
      clearTimeout(this.timer)
      const wait = Math.min(QUIET_MS, this.changedSince + LONGEST_WAIT_MS - now)
      this.timer = setTimeout(() => this.noticeChanges(), Math.max(0, wait))
    }

    noticeChanges() {
      this.changedSince = 0
      if (!this.moved && addressOf(location.href) !== this.address) {
        this.moved = true
        this.follow = false // what comes now is another page
        this.link.send({kind: 'moved'})
      }
      if (this.follow) void this.read()
    }

    /** Report the blocks that are not known yet. */
    async read() {
      this.wanted = true
      if (this.reading) return
      this.reading = true
      const {signal} = this.ending
      while (this.wanted && !signal.aborted) {
        this.wanted = false
        const before = this.known
        const {blocks, roots} = await textExtraction.findBlocks(signal)
        if (signal.aborted || this.known !== before) continue // it was begun again in the meantime
        for (const root of roots) this.changes.observe(root, CHANGES)
        this.report(blocks.filter(({pieces, text}) => before.get(pieces[0].node) !== text))
      }
      this.reading = false
    }

    /** @param {PageBlock[]} fresh */
    report(fresh) {
      for (const {pieces, text} of fresh) this.known.set(pieces[0].node, text)
      for (let from = 0; from === 0 || from < fresh.length; from += BATCH) {
        const batch = fresh.slice(from, from + BATCH)
        this.highlighter.addBlocks(this.count, batch)
        this.link.send({
          kind: 'blocks',
          from: this.count,
          texts: batch.map(({text}) => text),
          last: from + BATCH >= fresh.length,
        })
        this.count += batch.length
      }
    }

    end() {
      if (this.ending.signal.aborted) return
      this.ending.abort()
      clearTimeout(this.timer)
      this.changes.disconnect()
      this.highlighter.remove()
      this.link.close()
      this.host.remove()
    }
  }

  /** @type {Lensmith['startView']} */
  function startView(owner) {
    lensmith.ignoreOwners()
    lensmith.endView()
    const view = new View(owner)
    lensmith.endView = () => view.end()
  }

  /** Without the fragment: a jump within a page is none to another. @param {string} url */
  function addressOf(url) {
    return url.split('#')[0]
  }
})()
