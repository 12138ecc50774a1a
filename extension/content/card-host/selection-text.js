// The text of selected ranges, and the node that each part of it comes from.

var lensmith = lensmith || {}

/**
 * A part of a node that is in the text as it is; or an element that shows an emoji.
 * @typedef {{node: Text | Element, from: number, start: number, end: number}} Stretch
 */

lensmith.selectionText = (() => {
  const KEEPS_SPACE = /^(pre|pre-wrap|break-spaces)/
  /** White space that the browser shows as one space, but for a space alone. */
  const RUNS = /[ \t\n\r\f]{2,}|[\t\n\r\f]/g
  const PROBE = 40 // characters

  /**
   * @param {AbstractRange[]} ranges
   * @param {() => string} copied  What the browser itself takes the selection for.
   * @returns {{text: string, stretches: Stretch[], isMasked: boolean}}
   */
  function textOf(ranges, copied) {
    const writer = createWriter()
    const withLetters = letterCase(copied)
    /** @type {Element | null} */ let block = null
    let isMasked = false
    for (const range of ranges) {
      let isFirst = true
      const skipsText = (/** @type {CSSStyleDeclaration} */ {userSelect}) => userSelect === 'none'
      for (const item of lensmith.visibleText.walk(range.startContainer, {range, skipsText})) {
        if (item.kind === 'masked') isMasked = true
        else if (item.kind === 'gap') writer.gap(item.text)
        else if (item.kind === 'emoji') writer.add(item.node, 0, item.text)
        else if (item.kind === 'block') {
          // several ranges may stand in one line
          writer.gap(isFirst && item.element === block ? ' ' : '\n\n')
          block = item.element
          isFirst = false
        } else if (item.kind === 'text') addText(writer, item, withLetters(item))
      }
    }
    return {...writer.result(), isMasked}
  }

  /** @param {ReturnType<typeof createWriter>} writer @param {TextItem} item @param {string} data */
  function addText(writer, {node, from, to, style}, data) {
    const selected = data.slice(from, to)
    if (KEEPS_SPACE.test(style.whiteSpace)) {
      writer.add(node, from, selected)
      return
    }
    const lineEnd = style.whiteSpace.startsWith('pre-line') ? '\n' : ' '
    let at = 0
    for (const {0: run, index} of selected.matchAll(RUNS)) {
      addChunk(writer, node, from + at, selected.slice(at, index))
      writer.gap(run.includes('\n') ? lineEnd : ' ')
      at = index + run.length
    }
    addChunk(writer, node, from + at, selected.slice(at))
  }

  /**
   * @param {ReturnType<typeof createWriter>} writer
   * @param {Text} node
   * @param {number} from
   * @param {string} chunk
   */
  function addChunk(writer, node, from, chunk) {
    if (chunk.startsWith(' ')) {
      writer.gap(' ')
      addChunk(writer, node, from + 1, chunk.slice(1))
    } else if (chunk.endsWith(' ')) {
      addChunk(writer, node, from, chunk.slice(0, -1))
      writer.gap(' ')
    } else if (chunk) writer.add(node, from, chunk)
  }

  /** White space is written once something follows it. */
  function createWriter() {
    /** @type {string[]} */ const written = []
    /** @type {Stretch[]} */ const stretches = []
    let length = 0
    let space = ''

    return {
      /** @param {string} text */
      gap(text) {
        if (text === '/') write(text)
        else if (text === '\n' && space.startsWith('\n')) space = '\n\n'
        else if (text.length > space.length || !space.trim()) space = stronger(space, text)
      },

      /** @param {Text | Element} node @param {number} from @param {string} text */
      add(node, from, text) {
        write(text)
        stretches.push({node, from, start: length - text.length, end: length})
      },

      result: () => ({text: written.join(''), stretches}),
    }

    /** @param {string} text */
    function write(text) {
      if (length > 0) append(space)
      space = ''
      append(text)
    }

    /** @param {string} text */
    function append(text) {
      written.push(text)
      length += text.length
    }
  }

  /** Of two kinds of white space. @param {string} one @param {string} other */
  function stronger(one, other) {
    const ranks = ['', ' ', '\n', '\n\n']
    return ranks.indexOf(one) > ranks.indexOf(other) ? one : other
  }

  /**
   * Styles that change letters (`text-transform`), as the browser copies them.
   * Workaround: Chromium copies the changed text; Firefox, as the standard says, the original. It
   * may go when Chromium follows: https://github.com/w3c/csswg-drafts/issues/627
   * @param {() => string} copied
   * @returns {(item: TextItem) => string}
   */
  function letterCase(copied) {
    /** @type {string | undefined} */ let known
    return ({node: {data}, style: {textTransform}}) => {
      if (textTransform === 'none') return data
      const styled = transformed(data, textTransform)
      if (styled === data || styled.length !== data.length) return data
      known ??= oneLine(copied())
      return known.includes(oneLine(styled).trim().slice(0, PROBE)) ? styled : data
    }
  }

  /** @param {string} data @param {string} kind */
  function transformed(data, kind) {
    if (kind === 'uppercase') return data.toUpperCase()
    if (kind === 'lowercase') return data.toLowerCase()
    return kind === 'capitalize'
      ? data.replace(/(?<![\p{L}'’])\p{L}/gu, (letter) => letter.toUpperCase())
      : data
  }

  /** @param {string} text */
  function oneLine(text) {
    return text.replace(/\s+/g, ' ')
  }

  return {textOf}
})()
