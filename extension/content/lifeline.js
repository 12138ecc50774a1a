// Removes all of ours from the page when the extension goes: when it is updated, reloaded, disabled
// or removed. Chromium lets our scripts run on then, without the extension's functions. Firefox
// ends them at once, so nobody is left to take anything off the page: there an animation hides it,
// which we put off for as long as we live.

var lensmith = lensmith || {}

lensmith.createShell = (() => {
  const RENEW_MS = 1000
  const GONE_MS = 3000

  /**
   * An element without a box, to hold all that we show: its content has to inherit its
   * visibility.
   * @param {Document} document
   * @param {AbortSignal} signal  Aborted when nothing of it is left there.
   * @param {() => void} gone  Called where we outlive the extension.
   */
  return (document, signal, gone) => {
    const shell = document.createElement('div')
    shell.style.cssText = 'all: initial; display: contents'
    const hidden = {visibility: 'hidden'}
    // Not on the host, whose animations the page can list.
    const end = shell.animate([hidden, hidden], {delay: GONE_MS, duration: 1, fill: 'forwards'})
    const renew = () => {
      if (chrome.runtime?.id) end.currentTime = 0
      else gone()
    }
    const clock = setInterval(renew, RENEW_MS)
    signal.addEventListener('abort', () => {
      clearInterval(clock)
      end.cancel()
    })
    // In a tab that is not seen, timers are rare.
    for (const kind of ['visibilitychange', 'resume'])
      document.addEventListener(kind, renew, {capture: true, signal})
    return shell
  }
})()
