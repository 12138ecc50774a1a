import {readFileSync} from 'node:fs'
import {runInThisContext} from 'node:vm'

/**
 * Classic scripts cannot be imported: they give what they have to one global object.
 * @param {string[]} files  In the extension's folder, in the order of their injection.
 * @returns {typeof lensmith}
 */
export function loadContentScripts(files) {
  for (const file of files)
    runInThisContext(readFileSync(new URL(`../../../extension/${file}`, import.meta.url), 'utf8'), {
      filename: file,
    })
  return /** @type {{lensmith: typeof lensmith}} */ (/** @type {unknown} */ (globalThis)).lensmith
}
