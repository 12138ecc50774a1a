// Just enough of a page for a script of one to run in Node: every element is there by its id.

export class FakeElement {
  /** @type {FakeElement | undefined} */ parent
  /** @param {string} localName */
  constructor(localName) {
    this.localName = localName
    this.hidden = false
    this.textContent = ''
    this.value = ''
    /** @type {Record<string, string>} */ this.dataset = {}
    this.classList = {add() {}, remove() {}, toggle() {}}
    this.style = {setProperty() {}}
    /** @type {FakeElement[]} */ this.children = []
    /** @type {Record<string, string | boolean | undefined>} */ this.attributes = {}
    /** @type {Record<string, ((event: object) => unknown)[]>} */ this.listeners = {}
  }
  /** @returns {FakeElement} */
  get parentElement() {
    return (this.parent ??= new FakeElement('div'))
  }
  /** @param {string} kind @param {(event: object) => unknown} listener */
  addEventListener(kind, listener) {
    ;(this.listeners[kind] ??= []).push(listener)
  }
  removeEventListener() {}
  click() {
    for (const listener of this.listeners.click ?? []) listener({target: this})
  }
  focus() {}
  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.attributes[name] = value
  }
  /** @param {string} name @param {boolean} [on] */
  toggleAttribute(name, on) {
    this.attributes[name] = on
  }
  /** @param {FakeElement[]} children */
  append(...children) {
    this.children.push(...children)
  }
  querySelector() {
    return null
  }
  querySelectorAll() {
    return []
  }
}

/**
 * A page whose elements are made when they are asked for.
 * @param {Record<string, string>} tags  What an element is, by id; others are buttons.
 */
export function fakePage(tags = {}) {
  /** @type {Map<string, FakeElement>} */ const elements = new Map()
  const byId = (/** @type {string} */ id) => {
    const known = elements.get(id) ?? new FakeElement(tags[id] ?? 'button')
    elements.set(id, known)
    return known
  }
  const document = Object.assign(new FakeElement('html'), {
    documentElement: new FakeElement('html'),
    body: new FakeElement('body'),
    getElementById: byId,
    createElement: (/** @type {string} */ tag) => new FakeElement(tag),
  })
  const window = {top: /** @type {object | null} */ (null), closed: false, close: () => {}}
  window.top = window
  window.close = () => {
    window.closed = true
  }
  return {
    byId,
    window,
    globals: {
      document,
      window,
      matchMedia: () => ({matches: false, addEventListener() {}}),
      localStorage: {getItem: () => null, setItem() {}},
    },
  }
}
