// Colours for eyes that see fewer of them, by the place of a label in the model; the ninth label
// begins again with the first colour. Hues are those of Okabe and Ito (Color Universal Design,
// 2008). Their lightness was moved until each has 3:1 against the grounds of base.css and the
// first six differ by 0.11 and more in OKLab for full, protan, deutan and tritan vision
// (tests/js/ui/palette.test.js).

/** @typedef {{light: string, dark: string}} Colour  For a light and for a dark ground. */

/** @type {readonly Colour[]} */
export const COLOUR_BLIND = [
  {light: '#004389', dark: '#448ae2'}, // blue
  {light: '#a96505', dark: '#f79c2f'}, // orange
  {light: '#62284a', dark: '#a66689'}, // reddish purple
  {light: '#903300', dark: '#df4718'}, // vermilion
  {light: '#2e9d88', dark: '#9dffdf'}, // bluish green
  {light: '#216aa5', dark: '#4ec0fe'}, // sky blue
  {light: '#8e9002', dark: '#fcee00'}, // yellow
  {light: '#666666', dark: '#a8a8a8'}, // grey
]
