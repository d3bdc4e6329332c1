/** What layers and cells are called, and the numbers that stand in them. */

import { at, shapeOf } from "#page/arithmetic/network.js";
import { say } from "#page/view/language.js";
import { inputAt, layoutOf } from "#page/view/layouts.js";
import { outputNames } from "#page/view/outputs.js";

/** Return a layer's name; of -1 the image's. */
export function layerName(network, layer) {
  if (layer >= 0) return network.layers[layer].name;
  return say(inputAt(network, layer)?.picture ? "place.image" : "place.input");
}

/** Name a cell: "conv2d, map 3, row 12, column 7". */
export function cellName(network, layer, index) {
  const name = layerName(network, layer);
  const shape = shapeOf(network, layer);
  if (shape.length < 3) return say("place.unit", { layer: name, unit: unitName(network, layer, index.at(-1)) });
  const [row, column, map] = index;
  return say(shape[2] === 1 ? "place.pixel" : "place.cell", { layer: name, map, row, column });
}

/** Name a number of a row: its class, if it is an answer; else its place. */
export function unitName(network, layer, unit) {
  const output = network.outputs.find((one) => one.layer === layer);
  const name = output && outputNames(output)[unit];
  return name === undefined || name === String(unit) ? String(unit) : `${unit} (${name})`;
}

/** Return a layer's numbers: what it gave, or going backward ∂loss/∂sum. */
export function valuesOf({ image, pass, gradients }, direction, layer) {
  if (direction === "forward") return layer < 0 ? image : pass.outputs[layer];
  return layer < 0 ? gradients().image : gradients().sums[layer];
}

/** Return a function of row and column that reads one map of a layer's numbers. */
export function mapReader(network, layer, values, map) {
  const { shape, data } = values;
  if (shape.length === 3 && layer >= 0) return (row, column) => data[(row * shape[1] + column) * shape[2] + map];
  const layout = layoutOf(network, layer);
  return (row, column) => {
    const index = layout.index(row, column, map);
    return index ? at(values, index) : 0;
  };
}
