// Elements of a page: finding those that its HTML holds, and making more.

/**
 * An element that the page's own HTML holds.
 * @template {keyof HTMLElementTagNameMap} T
 * @overload
 * @param {string} id
 * @param {T} tag  What the element is.
 * @returns {HTMLElementTagNameMap[T]}
 */
/**
 * @overload
 * @param {string} id
 * @returns {HTMLElement}
 */
/**
 * @param {string} id
 * @param {string} [tag]
 * @throws {Error} where page and script do not fit: a mistake of ours.
 */
export function byId(id, tag) {
  const found = document.getElementById(id)
  if (!found || (tag && found.localName !== tag))
    throw new Error(`The page has no ${tag ?? ''}#${id}`)
  return found
}

/**
 * A new element.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} className
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, className, ...children) {
  const made = document.createElement(tag)
  if (className) made.className = className
  made.append(...children)
  return made
}

/**
 * A button with a text.
 * @param {string} id  In `data-act`.
 * @param {string} text
 * @param {() => void} act
 */
export function actButton(id, text, act) {
  const made = make('button', '', text)
  made.type = 'button'
  made.dataset.act = id
  made.addEventListener('click', act)
  return made
}
