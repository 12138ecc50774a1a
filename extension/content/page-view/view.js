// Runs inside the web page: the conversation of a page view with the extension page that owns it.
// It does what it is asked to, sends text and places, and never sees a result. A classic script:
// see text-extraction.js.

;(() => {
  const BATCH = 200 // blocks in one report
  const QUIET_MS = 400 // after which added content is read
  const LONGEST_WAIT_MS = 2000 // for it, on a page that is never quiet

  /**
   * @typedef {import('../../shared/page-view.js').PageScripts} PageScripts
   * @typedef {import('../../shared/page-view.js').PageOrder} PageOrder
   */

  const world = /** @type {{lensmithPage: PageScripts}} */ (/** @type {unknown} */ (globalThis))
  world.lensmithPage.endView?.() // a second view replaces the first
  world.lensmithPage.ignoreOwners?.() // and this script the one that was injected before it
  const {findBlocks, createPainter} = world.lensmithPage
  world.lensmithPage = {...world.lensmithPage, startView, endView: () => {}, ignoreOwners}

  // The side panel connects by itself. (The docked panel's script hands over its port.) Whoever
  // comes is ours: pages cannot connect.
  const PAGE_PORT = 'page-view'
  chrome.runtime.onConnect.addListener(connect)

  /** @param {chrome.runtime.Port} port */
  function connect(port) {
    if (port.name !== PAGE_PORT) return
    startView(() => ({
      send: (report) => port.postMessage(report),
      receive(take) {
        port.onMessage.addListener(take)
        // the side panel was closed
        port.onDisconnect.addListener(() => world.lensmithPage.endView())
      },
      close: () => port.disconnect(),
    }))
  }

  function ignoreOwners() {
    chrome.runtime.onConnect.removeListener(connect)
  }

  /** @type {PageScripts['startView']} */
  function startView(owner) {
    ignoreOwners()
    world.lensmithPage.endView()
    const host = document.createElement('div')
    showHost(true)
    const root = host.attachShadow({mode: 'closed'})
    document.documentElement.append(host)

    const ending = new AbortController()
    const painter = createPainter(root)
    const link = owner(root)
    // the first text of a block to all of its text
    /** @type {WeakMap<Text, string>} */ let known = new WeakMap()
    let address = ''
    let count = 0
    let follow = false
    let reading = false
    let wanted = false
    let moved = false
    /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer
    let changedSince = 0

    const changes = new MutationObserver(() => {
      if (!host.isConnected) return end() // the page threw it out
      const now = performance.now()
      changedSince ||= now
      clearTimeout(timer)
      timer = setTimeout(
        noticeChanges,
        Math.max(0, Math.min(QUIET_MS, changedSince + LONGEST_WAIT_MS - now)),
      )
    })

    world.lensmithPage.endView = end
    // Going on to another page ends the view, also where coming back would find this page as it was
    // left. The page itself cannot end it so.
    listen('pagehide', end)
    listen('beforeprint', () => showHost(false))
    listen('afterprint', () => showHost(true))
    link.receive(take)

    /** @param {string} kind @param {() => void} act */
    function listen(kind, act) {
      addEventListener(
        kind,
        ({isTrusted}) => {
          if (isTrusted) act()
        },
        {signal: ending.signal},
      )
    }

    /** @param {boolean} shown */
    function showHost(shown) {
      // No box of its own: what stands inside is laid over the page.
      host.style.cssText = `display: ${shown ? 'contents' : 'none'} !important`
    }

    /** @param {PageOrder} order */
    function take(order) {
      if (ending.signal.aborted) return
      if (order.kind === 'tint') painter.setTints(order.tints)
      else if (order.kind === 'read') {
        painter.clear() // it may be the second time
        known = new WeakMap()
        count = 0
        moved = false
        address = addressOf(location.href)
        follow = order.follow
        changes.observe(document.documentElement, {
          childList: true,
          subtree: true,
          characterData: true,
        })
        void read()
      } else if (order.kind === 'paint') painter.paint(order.marks)
      else if (order.kind === 'filter') painter.filter(order.groups)
      else if (order.kind === 'walk') link.send({kind: 'at', mark: painter.walk(order.direction)})
      else if (order.kind === 'go') link.send({kind: 'at', mark: painter.go(order.mark)})
      else if (order.kind === 'follow') {
        follow = order.follow
        if (follow) void read()
      } else if (order.kind === 'remove') end()
    }

    function noticeChanges() {
      changedSince = 0
      if (!moved && addressOf(location.href) !== address) {
        moved = true
        follow = false // what comes now is another page
        link.send({kind: 'moved'})
      }
      if (follow) void read()
    }

    /** Report the blocks that are not known yet. */
    async function read() {
      wanted = true
      if (reading) return
      reading = true
      while (wanted && !ending.signal.aborted) {
        wanted = false
        const before = known
        const {blocks, roots} = await findBlocks(ending.signal)
        if (ending.signal.aborted || known !== before) continue // it was begun anew meanwhile
        for (const root of roots)
          changes.observe(root, {childList: true, subtree: true, characterData: true})
        report(blocks.filter(({pieces: [{node}], text}) => known.get(node) !== text))
      }
      reading = false
    }

    /** @param {import('../../shared/page-view.js').PageBlock[]} fresh */
    function report(fresh) {
      for (const {
        pieces: [{node}],
        text,
      } of fresh)
        known.set(node, text)
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

    function end() {
      if (ending.signal.aborted) return
      ending.abort()
      clearTimeout(timer)
      changes.disconnect()
      painter.remove()
      link.close()
      host.remove()
    }
  }

  /** Without the fragment: a jump within a page is none to another. @param {string} url */
  function addressOf(url) {
    return url.split('#')[0]
  }
})()
