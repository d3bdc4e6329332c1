/** Which pixels a cell depends on: the smallest box around them. */

import { arithmeticOf } from "#page/arithmetic/layers.js";
import { cellBefore, shapeOf } from "#page/arithmetic/network.js";
import { layoutOf } from "#page/view/layouts.js";

const EVERYTHING = ["dense", "given"];
const MOST = 64; // numbers of a row that are followed one by one

/**
 * Return the box as parts of the picture, 0 to 1.
 *
 * @param {object} network - with a picture
 * @param {object} pass - of `forward`
 * @param {number} layer - -1: the image
 * @param {number[]} index
 * @returns {{top: number, left: number, bottom: number, right: number}}
 */
export function receptiveField(network, pass, layer, index) {
  const { rows, columns } = layoutOf(network, -1);
  const pixels = pixelsBehind(network, pass, layer, [index]);
  const places = pixels && pixels.map((pixel) => layoutOf(network, -1).place(pixel));
  const [ys, xs] = [0, 1].map((axis) => places?.map((place) => place[axis]) ?? [0, [rows, columns][axis] - 1]);
  return {
    top: Math.min(...ys) / rows,
    left: Math.min(...xs) / columns,
    bottom: (Math.max(...ys) + 1) / rows,
    right: (Math.max(...xs) + 1) / columns,
  };
}

/** The outermost pixels behind some cells of a layer; null: all of them. */
function pixelsBehind(network, pass, layer, cells) {
  if (layer < 0) return cells;
  const here = network.layers[layer];
  const { family, from, activation } = here;
  if (EVERYTHING.includes(family) || activation.name === "softmax" || cells.length > MOST) return null;
  const before = cells
    .flatMap((cell) => arithmeticOf(here).outputTerms(here, pass.inputs[layer], cell).terms)
    .filter((term) => term.from)
    .map((term) => cellBefore(network, layer, term.from));
  const found = [...new Set(from)].map((place) => {
    const indices = before.filter((one) => one.layer === place).map((one) => one.index);
    return pixelsBehind(network, pass, place, corners(shapeOf(network, place), indices));
  });
  return found.includes(null) ? null : found.flat();
}

/** The first and the last of the cells of an image, on both axes. */
function corners(shape, cells) {
  if (shape.length < 3 || cells.length < 2) return cells;
  const ends = [0, 1].map((axis) => cells.map((cell) => cell[axis]));
  return [Math.min, Math.max].map((end) => [end(...ends[0]), end(...ends[1]), cells[0][2]]);
}
