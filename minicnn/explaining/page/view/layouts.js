/**
 * How a layer's numbers lie on the screen: maps as maps, a row of numbers in lines.
 *
 * @typedef {object} Layout
 * @property {number} rows
 * @property {number} columns
 * @property {number} maps
 * @property {(row: number, column: number, map: number) => number[] | null} index - null: nothing there
 * @property {(index: number[]) => number[]} place - row, column and map of an index
 */

import { indexOf, offsetOf, shapeOf, sizeOf } from "#page/arithmetic/network.js";

/** So many numbers of a row stand below each other, each with its name. */
const FEW = 16;

/** Families behind which a row of numbers still lies as before. */
const KEEP_THE_ORDER = ["activation", "elementwise", "learnt_slopes", "normalization"];

/** Return the input that stands at a place, or null: of one input -1, the image; of several each is a layer. */
export function inputAt(network, layer) {
  return network.inputs.find((one) => one.layer === layer) ?? null;
}

/** Return the places that are shown: the image if there is one, and all layers. */
export function placesOf({ inputs, layers }) {
  const [{ layer: first }] = inputs;
  return Array.from({ length: layers.length - first }, (_, place) => first + place);
}

/** Return how a layer's output is shown. @returns {Layout} */
export function layoutOf(network, layer) {
  const shape = shapeOf(network, layer);
  const picture = inputAt(network, layer)?.picture;
  if (picture) return flatMapsLayout(sizesOf(picture), shape);
  return shape.length === 3 ? mapsLayout(shape) : rowLayout(shape);
}

/** Return how the inputs of a Dense layer are shown: as the maps that were flattened, if there were any. */
export function inputLayoutOf(network, layer) {
  const { from, inputShape } = network.layers[layer];
  if (inputShape.length > 1) return rowLayout(inputShape.slice(-1)); // of the last axis, whatever is before it
  let [before] = from;
  while (before >= 0 && KEEP_THE_ORDER.includes(network.layers[before].family)) [before] = network.layers[before].from;
  if (inputAt(network, before)) return layoutOf(network, before);
  const { family, computation, from: read, inputShape: shape } = network.layers[before];
  if (family === "index_map" && !computation.sources) {
    if (shape.length === 3) return flatMapsLayout(shape);
    const picture = inputAt(network, read[0])?.picture;
    if (picture) return flatMapsLayout(sizesOf(picture));
  }
  return layoutOf(network, from[0]);
}

function sizesOf({ height, width, channels }) {
  return [height, width, channels];
}

/** Maps whose numbers have their own shape: rows, columns, maps. */
export function mapsLayout([rows, columns, maps]) {
  return { rows, columns, maps, index: (...index) => index, place: (index) => index };
}

/** Maps whose numbers have another shape: mostly one row. */
function flatMapsLayout(shape, own = [sizeOf(shape)]) {
  return {
    ...mapsLayout(shape),
    index: (...index) => indexOf(own, offsetOf(shape, index)),
    place: (index) => indexOf(shape, offsetOf(own, index)),
  };
}

/** A row of numbers: below each other if they are few, else in lines of a rectangle. */
function rowLayout(shape) {
  const count = sizeOf(shape);
  const columns = count <= FEW ? 1 : widthOfRectangle(count);
  return {
    rows: Math.ceil(count / columns),
    columns,
    maps: 1,
    index(row, column) {
      const offset = row * columns + column;
      return offset < count ? indexOf(shape, offset) : null;
    },
    place(index) {
      const offset = offsetOf(shape, index);
      return [Math.floor(offset / columns), offset % columns, 0];
    },
  };
}

/** The narrowest full rectangle that is not higher than wide, if it is not far from a square. */
function widthOfRectangle(count) {
  const side = Math.ceil(Math.sqrt(count));
  for (let width = side; width <= 3 * side; width += 1) {
    if (count % width === 0) return width;
  }
  return side;
}
