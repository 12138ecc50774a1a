// Runs before the first paint of the web app, as a classic script: language, direction, theme and
// palette on the root, so that nothing flashes. ui/lib/first-paint.js does it in the extension.

;(() => {
  const root = document.documentElement
  const spoken = (root.dataset.locales ?? 'en').split(' ')
  const wanted = navigator.languages.flatMap((language) => [language, language.replace(/-.*/, '')])
  // The page comes in its author's default language.
  root.lang = wanted.find((language) => spoken.includes(language)) ?? root.lang
  root.dir = ['ar', 'fa', 'he', 'ur'].includes(root.lang.replace(/-.*/, '')) ? 'rtl' : 'ltr'
  /** @type {any} */ let looks = {}
  try {
    looks = JSON.parse(localStorage.getItem('looks') ?? '{}')
  } catch {
    // Refused or unreadable: the system's.
  }
  const dark = matchMedia('(prefers-color-scheme: dark)').matches
  root.dataset.theme =
    looks.theme === 'light' || looks.theme === 'dark' ? looks.theme : dark ? 'dark' : 'light'
  root.dataset.palette = looks.palette ?? 'standard'
})()
