/** Which pixels a cell depends on: the smallest box around them. */

import { arithmeticOf } from "#page/arithmetic/layers.js";
import { cellBefore, shapeOf } from "#page/arithmetic/network.js";
import { layoutOf } from "#page/view/layouts.js";

const EVERYTHING = ["dense", "given"];
const MOST = 64; // numbers of a row that are followed one by one

/**
 * Return how far the box is from each side of an input's picture, as parts of it, 0 to 1; null: the cell depends on
 * no pixel.
 */
export function receptiveField(network, pass, layer, index, input) {
  const { rows, columns, place } = layoutOf(network, input);
  const pixels = pixelsBehind(network, pass, layer, [index], input);
  if (pixels === null) return { top: 0, left: 0, bottom: 0, right: 0 };
  if (pixels.length === 0) return null;
  const [ys, xs] = [0, 1].map((axis) => pixels.map((pixel) => place(pixel)[axis]));
  return {
    top: Math.min(...ys) / rows,
    left: Math.min(...xs) / columns,
    bottom: 1 - (Math.max(...ys) + 1) / rows,
    right: 1 - (Math.max(...xs) + 1) / columns,
  };
}

/** The outermost pixels behind some cells of a layer; null: all of them. */
function pixelsBehind(network, pass, layer, cells, input) {
  if (layer === input) return cells;
  if (!placesBehind(network, layer).has(input)) return [];
  const here = network.layers[layer];
  const { family, from, activation } = here;
  const readsAll = EVERYTHING.includes(family) || here.computation.own || activation.name === "softmax";
  if (readsAll || cells.length > MOST) return null;
  const before = cells
    .flatMap((cell) => arithmeticOf(here).outputTerms(here, pass.inputs[layer], cell).terms)
    .filter((term) => term.from)
    .map((term) => cellBefore(network, layer, term.from));
  const found = [...new Set(from)].map((place) => {
    const indices = before.filter((one) => one.layer === place).map((one) => one.index);
    return pixelsBehind(network, pass, place, corners(shapeOf(network, place), indices), input);
  });
  return found.includes(null) ? null : found.flat();
}

/** The places that a layer reads, directly or through others. */
function placesBehind({ layers }, layer) {
  const found = new Set([layer]);
  for (let place = layer; place >= 0; place -= 1) {
    if (found.has(place)) layers[place].from.forEach((one) => found.add(one));
  }
  return found;
}

/** The first and the last of the cells of an image, on both axes. */
function corners(shape, cells) {
  if (shape.length < 3 || cells.length < 2) return cells;
  const ends = [0, 1].map((axis) => cells.map((cell) => cell[axis]));
  return [Math.min, Math.max].map((end) => [end(...ends[0]), end(...ends[1]), cells[0][2]]);
}
