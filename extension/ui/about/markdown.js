// The little of Markdown that model cards are written in, into elements: headings, paragraphs,
// lists, tables, code, strong, links. Whatever else stands in a card is shown as it stands. Nothing
// of a card is ever taken for HTML.

/**
 * @typedef {{kind: 'text' | 'code' | 'strong', text: string} | {kind: 'link', text: string,
 *   address: string}} Inline
 * @typedef {{kind: 'heading', level: number, text: string} | {kind: 'paragraph', text: string} |
 *   {kind: 'code', text: string}
 *   | {kind: 'list', items: string[]} | {kind: 'table', head: string[], rows: string[][]}} Block
 */

/** @param {string} source @returns {Block[]} */
export function blocksOf(source) {
  /** @type {Block[]} */ const blocks = []
  const lines = source.split(/\r?\n/)
  let at = 0
  const take = (/** @type {(line: string) => boolean} */ belongs) => {
    const from = at
    while (at < lines.length && belongs(lines[at] ?? '')) at++
    return lines.slice(from, at)
  }
  while (at < lines.length) {
    const line = lines[at] ?? ''
    const heading = /^(#{1,6})\s+(.*)$/.exec(line)
    if (!line.trim()) {
      at++
    } else if (heading) {
      blocks.push({kind: 'heading', level: heading[1]?.length ?? 1, text: heading[2] ?? ''})
      at++
    } else if (line.startsWith('```')) {
      at++
      blocks.push({kind: 'code', text: take((next) => !next.startsWith('```')).join('\n')})
      at++
    } else if (isRow(line) && isRule(lines[at + 1] ?? '')) {
      const [head = [], , ...rows] = take(isRow).map(cells)
      blocks.push({kind: 'table', head, rows})
    } else if (/^[-*] /.test(line)) {
      // Lines that follow an item indented belong to it.
      const items = take((next) => /^([-*] |\s+\S)/.test(next))
        .join('\n')
        .split(/\n(?=[-*] )/)
      blocks.push({kind: 'list', items: items.map((item) => item.slice(2).replace(/\n\s*/g, ' '))})
    } else {
      at++
      const rest = take(
        (next) => Boolean(next.trim()) && !/^(#{1,6}\s|```|[-*] )/.test(next) && !isRow(next),
      )
      blocks.push({kind: 'paragraph', text: [line, ...rest].join(' ')})
    }
  }
  return blocks
}

/** @param {string} text @returns {Inline[]} */
export function inlinesOf(text) {
  /** @type {Inline[]} */ const inlines = []
  let end = 0
  for (const match of text.matchAll(
    /`([^`]+)`|\*\*(.+?)\*\*|\[([^\]]+)\]\((https:\/\/[^\s)]+)\)/g,
  )) {
    const [whole, code, strong, linked = '', address = ''] = match
    if (match.index > end) inlines.push({kind: 'text', text: text.slice(end, match.index)})
    if (code) inlines.push({kind: 'code', text: code})
    else if (strong) inlines.push({kind: 'strong', text: strong})
    else inlines.push({kind: 'link', text: linked, address})
    end = match.index + whole.length
  }
  if (end < text.length) inlines.push({kind: 'text', text: text.slice(end)})
  return inlines
}

/**
 * @param {HTMLElement} place  Its children are replaced. @param {string} source
 * @param {number} top  The level that the source's first level of headings gets in the page.
 */
export function render(place, source, top) {
  place.replaceChildren(...blocksOf(source).map((block) => elementOf(block, top)))
}

/** @param {Block} block @param {number} top @returns {HTMLElement} */
function elementOf(block, top) {
  switch (block.kind) {
    case 'heading':
      return make(`h${Math.min(6, block.level + top - 1)}`, ...inline(block.text))
    case 'paragraph':
      return make('p', ...inline(block.text))
    case 'code':
      return make('pre', block.text)
    case 'list':
      return make('ul', ...block.items.map((item) => make('li', ...inline(item))))
    case 'table': {
      const head = make('tr', ...block.head.map((cell) => headCell(cell)))
      const rows = block.rows.map((row) =>
        make('tr', ...row.map((cell) => make('td', ...inline(cell)))),
      )
      const scroller = make('div', make('table', make('thead', head), make('tbody', ...rows)))
      scroller.className = 'scroller'
      return scroller
    }
  }
}

/** An empty corner is no heading of anything. @param {string} cell */
function headCell(cell) {
  const made = make(cell ? 'th' : 'td', ...inline(cell))
  if (cell) made.setAttribute('scope', 'col')
  return made
}

/** @param {string} text */
function inline(text) {
  return inlinesOf(text).map((part) => {
    if (part.kind === 'text') return part.text
    if (part.kind !== 'link') return make(part.kind, part.text)
    const link = /** @type {HTMLAnchorElement} */ (make('a', part.text))
    Object.assign(link, {href: part.address, rel: 'noreferrer', target: '_blank'})
    return link
  })
}

/** @param {string} tag @param {...(Node | string)} children */
function make(tag, ...children) {
  const element = document.createElement(tag)
  element.append(...children)
  return element
}

/** @param {string} line */
function isRow(line) {
  return /^\s*\|.*\|\s*$/.test(line)
}

/** @param {string} line */
function isRule(line) {
  return /^\s*\|(\s*:?-+:?\s*\|)+\s*$/.test(line)
}

/** @param {string} line */
function cells(line) {
  return line
    .trim()
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim())
}
