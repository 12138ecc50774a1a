// Runs before the first paint of a UI page, as a classic script: sets theme, palette, language and
// direction on the root, so that nothing flashes. storage.local answers too late for that, so
// theme.js leaves the looks of last time in localStorage. A framed card has another localStorage on
// every site: there base.css shows nothing until storage.local has answered, wherever the
// browser refuses both, until theme.js has the settings.

;(() => {
  const root = document.documentElement
  // Those of our words: the browser may speak a language that we do not.
  // Workaround: not @@bidi_dir, which is `ltr` in a headless Chromium 156 that speaks Arabic. No
  // report was found. It may go when that is `rtl`.
  root.lang = chrome.i18n.getMessage('ui_language')
  root.dir = chrome.i18n.getMessage('ui_direction')
  /** @param {any} looks  As settings.js keeps them. */
  const show = ({theme = 'system', palette = 'standard'}) => {
    root.dataset.theme ??=
      theme === 'system'
        ? matchMedia('(prefers-color-scheme: dark)').matches
          ? 'dark'
          : 'light'
        : theme
    root.dataset.palette ??= palette
  }
  if (window !== window.top) {
    // Long before theme.js and all that it comes with are there.
    chrome.storage.local.get(['setting:theme', 'setting:palette']).then(
      ({'setting:theme': theme, 'setting:palette': palette}) => show({theme, palette}),
      () => {},
    )
    return
  }
  try {
    show(JSON.parse(localStorage.getItem('looks') ?? '{}'))
  } catch {
    // Refused or unreadable: theme.js sets them.
  }
})()
