// A page of ours in a window of its own; in a tab where the browser has no windows, as Firefox for
// Android has none.
// https://developer.mozilla.org/docs/Mozilla/Add-ons/WebExtensions/API/windows#browser_compatibility

/** @param {{url: string, width: number, height: number, incognito?: boolean}} options */
export async function openWindow({url, ...options}) {
  // By name, once: Mozilla's linter warns of calls that a browser lacks, even behind this question.
  const {windows} = chrome
  if (windows) await windows.create({url, type: 'popup', ...options})
  else await chrome.tabs.create({url})
}
