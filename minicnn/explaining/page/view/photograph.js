/** A photograph as an input: handwriting as a drawing is, anything else resized, as Python does both. */

import { resized } from "#page/view/handwriting.js";
import { SIZE } from "#page/view/pen.js";
import { imageOfInk, isHandwriting, pixelValue } from "#page/view/pictures.js";

const STROKE = 0.25; // widest stroke, as a part of the photograph
const DARKEST_PAPER = 32;
const FAINTEST = 0.06; // ink
const [EDGE, FULL] = [0.15, 0.85]; // of the strongest ink
const SPECK = 0.05; // of the largest patch of ink

/** Make a photograph into an input's numbers, with the text that says what was `done`; null: there is no ink. */
export async function photographOf(input, file) {
  const bitmap = await createImageBitmap(file);
  const [height, width] = [bitmap.height, bitmap.width];
  const scale = SIZE / Math.max(height, width, SIZE);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff"; // behind what is transparent
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  if (!isHandwriting(input.picture)) {
    const values = { ...input.picture, from: `${height}×${width}` };
    return { data: colours(input, pixels), done: "photo.resized", values };
  }
  const { ink, dark } = inkOn(greyOf(pixels), canvas.width, canvas.height);
  if (!ink) return null;
  const [low, high] = input.valueRange;
  const shadeOf = (value) => Math.round((255 * (value - low)) / (high - low)) / 255; // of 256, which a link can hold
  const data = imageOfInk(input, ink, SIZE).map((value) => pixelValue(input.valueRange, shadeOf(value)));
  return { data, done: dark ? "photo.dark" : "photo.light", values: input.picture };
}

/** Resize each channel: a new pixel is the mean of the area that it covers. */
function colours({ picture: { height, width, channels }, valueRange }, pixels) {
  const planes = channels < 3 ? [greyOf(pixels)] : [0, 1, 2, 3].map((c) => channel(pixels, c));
  const box = { top: 0, left: 0, rows: pixels.height, columns: pixels.width };
  const small = planes.map((plane) => resized(plane, pixels.width, box, height, width));
  return new Float64Array(height * width * channels).map((_, at) => {
    const shade = small[Math.min(at % channels, small.length - 1)][Math.floor(at / channels)];
    return pixelValue(valueRange, Math.round(shade) / 255);
  });
}

const channel = ({ data }, c) => Float32Array.from({ length: data.length / 4 }, (_, pixel) => data[4 * pixel + c]);

function greyOf(pixels) {
  const [red, green, blue] = [0, 1, 2].map((c) => channel(pixels, c));
  return red.map((value, pixel) => 0.299 * value + 0.587 * green[pixel] + 0.114 * blue[pixel]);
}

/**
 * Find the ink: how much darker than its paper, or lighter than its ground, each pixel is.
 *
 * A closing removes what is darker and narrower than its square: what is left is the paper with its
 * shadows. As `minicnn.preprocessing.ink`.
 */
function inkOn(grey, width, height) {
  const dark = percentile(grey, 0.5) > (percentile(grey, 0) + percentile(grey, 1)) / 2;
  const seen = dark ? grey : grey.map((value) => 255 - value);
  const reach = Math.round((STROKE * Math.max(width, height)) / 2);
  const paper = filtered(filtered(seen, width, height, reach, Math.max), width, height, reach, Math.min);
  const ink = seen.map((value, at) => (paper[at] - value) / (dark ? Math.max(paper[at], DARKEST_PAPER) : 255));
  const found = ink.filter((value) => value > FAINTEST);
  if (found.length === 0) return { ink: null, dark };
  const full = percentile(found, 0.95);
  const strengths = ink.map((value) => Math.min(Math.max((value - EDGE * full) / ((FULL - EDGE) * full), 0), 1));
  const square = new Float32Array(SIZE * SIZE);
  withoutSpecks(strengths, width, height).forEach((value, at) => {
    square[Math.floor(at / width) * SIZE + (at % width)] = value;
  });
  return { ink: square, dark };
}

function percentile(values, part) {
  return Float32Array.from(values).sort()[Math.round(part * (values.length - 1))];
}

/** The largest or the smallest of the square around each pixel: along the rows, then the columns. */
function filtered(values, width, height, reach, choose) {
  const along = (from, count, step, stride, length) => {
    const to = from.slice();
    for (let line = 0; line < count; line += 1) {
      for (let place = 0; place < length; place += 1) {
        let best = from[line * stride + place * step];
        const end = Math.min(place + reach, length - 1);
        for (let near = Math.max(place - reach, 0); near <= end; near += 1) {
          best = choose(best, from[line * stride + near * step]);
        }
        to[line * stride + place * step] = best;
      }
    }
    return to;
  };
  return along(along(values, height, 1, width, width), width, width, 1, height);
}

/** Remove patches of ink that are small beside the largest one. */
function withoutSpecks(ink, width, height) {
  const patchOf = new Int32Array(ink.length);
  const amounts = [0];
  const reach = (at, patch, open) => {
    if (ink[at] === 0 || patchOf[at]) return;
    patchOf[at] = patch;
    amounts[patch] += ink[at];
    open.push(at);
  };
  ink.forEach((amount, start) => {
    if (amount === 0 || patchOf[start]) return;
    const [patch, open] = [amounts.push(0) - 1, []];
    reach(start, patch, open);
    while (open.length > 0) {
      const at = open.pop();
      const [row, column] = [Math.floor(at / width), at % width];
      for (let y = Math.max(row - 1, 0); y <= Math.min(row + 1, height - 1); y += 1) {
        for (let x = Math.max(column - 1, 0); x <= Math.min(column + 1, width - 1); x += 1) {
          reach(y * width + x, patch, open);
        }
      }
    }
  });
  const least = SPECK * amounts.reduce((most, one) => Math.max(most, one));
  return ink.map((value, at) => (amounts[patchOf[at]] < least ? 0 : value));
}
