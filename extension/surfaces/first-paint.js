// Runs before the first paint of a surface, as a classic script: sets theme, palette, language and direction on the root, so that nothing
// flashes. storage.local answers too late for that, so theme.js leaves the looks of last time in localStorage. A framed card has another
// localStorage on every site: there, and wherever the browser refuses it, surface.css shows nothing until theme.js has the settings.

(() => {
  const root = document.documentElement
  // Of the words, which are not those of the browser where it speaks a language that we do not. (@@bidi_dir was wrong besides: `ltr` in a
  // headless Chromium that speaks Arabic.)
  root.lang = chrome.i18n.getMessage('words_language')
  root.dir = chrome.i18n.getMessage('words_direction')
  if (window !== window.top) return
  try {
    const {theme = 'system', palette = 'standard'} = JSON.parse(localStorage.getItem('looks') ?? '{}')
    root.dataset.theme = theme === 'system' ? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light') : theme
    root.dataset.palette = palette
  } catch {
    // Refused or unreadable: theme.js sets them.
  }
})()
