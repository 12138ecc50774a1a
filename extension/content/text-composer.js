// Puts together the text of a block as it is shown, and remembers where in the document each
// stretch of it comes from.

var lensmith = /** @type {Lensmith} */ (globalThis.lensmith ?? {})

lensmith.createTextComposer = (() => {
  const COLLAPSIBLE = /[ \t\n\r\f]/g // CSS Text 3, 4.1.1; a no-break space is none of them
  const RUN = /[ \t\n\r\f]{2,}/g
  const KEPT = /^(?:pre$|pre-wrap|break-spaces|preserve)/
  const KEPT_LINES = /^(?:pre-line|preserve-breaks)/
  const ENDS_SENTENCE = /[.!?…]["'”’»)\]]*$/u
  const TAIL = 8 // characters that are kept of what stands before

  /** @type {Lensmith['createTextComposer']} */
  return () => {
    /** @type {string[]} */ const parts = []
    /** @type {TextPiece[]} */ const pieces = []
    let length = 0
    let tail = '' // the last characters
    let noted = false // whether a footnote's mark was left out just here

    /** @param {string} text @param {Omit<TextPiece, 'at' | 'length'> | null} source */
    function push(text, source) {
      if (!text) return
      if (source) pieces.push({...source, at: length, length: text.length})
      parts.push(text)
      length += text.length
      tail = (tail + text.slice(-TAIL)).slice(-TAIL)
    }

    /** Take a space at the end away: a line ends here. */
    function trimSpace() {
      if (!tail.endsWith(' ')) return
      const last = /** @type {string} */ (parts.pop()).slice(0, -1)
      if (last) parts.push(last)
      length--
      tail = tail.slice(0, -1)
      const piece = pieces.at(-1)
      if (piece && piece.at + piece.length > length && --piece.length === 0) pieces.pop()
    }

    /** Whether a space would be none: at the beginning of a line, or behind another space. */
    const atSpace = () => tail === '' || /[ \n]$/.test(tail)

    /** @param {Text} node @param {number} from @param {number} to */
    function addCollapsed(node, from, to, restyle = (/** @type {string} */ text) => text) {
      const {data} = node
      const stretch = (/** @type {number} */ start, /** @type {number} */ end) => {
        if (start < end && atSpace() && /[ \t\n\r\f]/.test(data[start])) start++
        if (start >= end) return
        push(restyle(data.slice(start, end).replace(COLLAPSIBLE, ' ')), {node, data, from: start})
      }
      let at = from
      RUN.lastIndex = from
      for (let run = RUN.exec(data); run && run.index < to; run = RUN.exec(data)) {
        stretch(at, Math.min(run.index + 1, to))
        at = Math.min(RUN.lastIndex, to)
      }
      stretch(at, to)
    }

    /** Lines kept, spaces not. @type {typeof addCollapsed} */
    function addLines(node, from, to, restyle) {
      let at = from
      for (let end = node.data.indexOf('\n', at); end >= 0 && end < to;) {
        addCollapsed(node, at, end, restyle)
        trimSpace()
        push('\n', {node, data: node.data, from: end})
        at = end + 1
        end = node.data.indexOf('\n', at)
      }
      addCollapsed(node, at, to, restyle)
    }

    return {
      addText(node, from, to, style) {
        const {data} = node
        const first = data.slice(from, to).search(/[^ \t\n\r\f]/)
        if (noted && first === 0 && ENDS_SENTENCE.test(tail) && /[\p{L}\p{N}]/u.test(data[from]))
          push(' ', null)
        if (first >= 0) noted = false
        const restyle = lensmith.letterCase(style)
        if (KEPT.test(style.whiteSpace))
          push(restyle(data.slice(from, to).replace(/[\t\r\f]/g, ' ')), {node, data, from})
        else if (KEPT_LINES.test(style.whiteSpace)) addLines(node, from, to, restyle)
        else addCollapsed(node, from, to, restyle)
      },

      addAlt(element, alt) {
        push(alt, {node: element, data: alt, from: 0})
      },

      addGap() {
        if (!atSpace()) push(' ', null)
      },

      addLine() {
        trimSpace()
        if (tail) push('\n', null)
      },

      /** What follows is another paragraph. */
      addBreak() {
        trimSpace()
        if (tail) push('\n\n'.slice(/\n*$/.exec(tail)?.[0].length ?? 0), null)
      },

      addNote() {
        noted = true
      },

      get length() {
        return length
      },

      /** Without white space at its end. */
      finish() {
        const text = parts.join('').trimEnd()
        while (pieces.length && pieces[pieces.length - 1].at >= text.length) pieces.pop()
        const last = pieces.at(-1)
        if (last) last.length = Math.min(last.length, text.length - last.at)
        return {text, pieces}
      },
    }
  }
})()

/** Letters as a style writes them, where the browser copies them so. */
lensmith.letterCase = (() => {
  // Firefox copies what the source says, Chromium what is shown.
  const AS_STYLED = !chrome.runtime.getURL('').startsWith('moz-')
  const WORD_START = /(?<![\p{L}\p{M}\p{N}'’])\p{L}/gu

  const same = (/** @type {string} */ text) => text
  /** @type {Record<string, (text: string) => string>} */ const changes = {
    uppercase: (text) => text.toUpperCase(),
    lowercase: (text) => text.toLowerCase(),
    capitalize: (text) => text.replace(WORD_START, (letter) => letter.toUpperCase()),
  }

  return (/** @type {CSSStyleDeclaration} */ {textTransform}) => {
    const change = AS_STYLED ? changes[textTransform] : undefined
    if (!change) return same
    return (/** @type {string} */ text) => {
      const changed = change(text)
      return changed.length === text.length ? changed : text // places count on the length
    }
  }
})()
