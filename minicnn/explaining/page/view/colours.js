/**
 * Numbers as colours: blue is positive, orange negative, paper is zero.
 *
 * Blue and vermilion of Okabe & Ito 2008, "Color Universal Design": colours that the colour-blind tell apart.
 *
 * @typedef {[number, number, number]} Colour - red, green, blue: 0 to 255
 * @typedef {(value: number) => Colour} Scale
 */

import { each } from "#page/arithmetic/tensor.js";

/** From zero to the largest number: paper, half way, full. */
const SHADES = {
  light: {
    positive: [[255, 255, 255], [86, 168, 222], [0, 62, 112]],
    negative: [[255, 255, 255], [240, 140, 70], [140, 46, 0]],
  },
  dark: {
    positive: [[22, 27, 34], [30, 120, 190], [170, 222, 255]],
    negative: [[22, 27, 34], [205, 90, 20], [255, 214, 170]],
  },
};

/** Small numbers are to be seen too: colours grow faster at first. Legends show it. */
const BEND = 0.65;

/** Colours are looked up, not calculated: with every stroke of the pen there are 60,000 of them. */
const STEPS = 1023;
const GREYS = Array.from({ length: 256 }, (_, grey) => [grey, grey, grey]);
const TABLES = each(SHADES, (theme) =>
  each(theme, (shades) => Array.from({ length: STEPS + 1 }, (_, step) => between(shades, (step / STEPS) ** BEND))),
);

/** Return the colour at a part, 0 to 1, of the way through three shades. */
function between([paper, half, full], part) {
  const [start, end, way] = part < 0.5 ? [paper, half, 2 * part] : [half, full, 2 * part - 1];
  return start.map((from, channel) => Math.round(from + (end[channel] - from) * way));
}

/** Return what colours numbers from -largest to largest; if that is 0, everything is paper. */
export function signedScale(largest, theme) {
  const { positive, negative } = TABLES[theme];
  const steps = largest > 0 ? STEPS / largest : 0;
  return (value) =>
    value < 0
      ? negative[Math.min(Math.round(-value * steps), STEPS)]
      : positive[Math.min(Math.round(value * steps), STEPS)];
}

/** Return what colours pixels of a range as ink on a board: from black to white. */
export function greyScale([low, high]) {
  return (value) => {
    const part = Math.min(Math.max((value - low) / (high - low || 1), 0), 1);
    return GREYS[Math.round(255 * part)];
  };
}

/** Return the colour for text on a colour. */
export function inkOn(colour) {
  const [red, green, blue] = colour.map((part) => (part / 255) ** 2.2); // luminance of WCAG 2
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}

/** Write a colour for CSS. */
export function cssColour([red, green, blue]) {
  return `rgb(${red} ${green} ${blue})`;
}

/** Return the largest size among numbers; infinities do not count. */
export function largestSize(values) {
  let largest = 0;
  for (let place = 0; place < values.length; place += 1) {
    const size = Math.abs(values[place]);
    if (size > largest && size < Infinity) largest = size;
  }
  return largest;
}

/** Paint what `value(row, column)` gives onto a canvas, a pixel a cell, in the colours of a scale. */
export function paint(canvas, { rows, columns, value, scale }) {
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  const pixels = new ImageData(columns, rows);
  for (let row = 0, at = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, at += 4) {
      const [red, green, blue] = scale(value(row, column));
      pixels.data[at] = red;
      pixels.data[at + 1] = green;
      pixels.data[at + 2] = blue;
      pixels.data[at + 3] = 255;
    }
  }
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}
