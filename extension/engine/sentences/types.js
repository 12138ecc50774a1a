// Types that several modules on sentences use. Nothing runs here, and nothing of it ships.

/**
 * What the model is to read in place of a part of the text.
 * @typedef {{from: number, to: number, by: string}} Edit
 *
 * A stop, and what is around it.
 * @typedef {object} Place
 * @property {string} text
 * @property {number} start  Of the sentence.
 * @property {number} at  Of the stop.
 * @property {number} next  Of what follows, without the quotation mark or bracket that opens it.
 * @property {string} run  The stops.
 * @property {boolean} gap  Whether white space follows.
 * @property {boolean} opened  Whether a quotation mark or bracket follows.
 * @property {ReturnType<typeof import('./signs.js').readTail>} tail
 * @property {string} left  The word before, with full stops and hyphens in it.
 * @property {string} word  What follows, if it is a word.
 * @property {import('./characters.js').Kind} follows  What it begins with.
 */

export {}
