/** Which cell is picked, and which weight: from the state to indices, and always inside. */

import { arithmeticOf } from "#page/arithmetic/layers.js";
import { at, coveredCells, indexOf, shapeOf } from "#page/arithmetic/network.js";
import { within } from "#page/view/arrows.js";
import { inputLayoutOf, mapsLayout } from "#page/view/layouts.js";

/** Return the cell that is shown: the one under the mouse, else the picked one. */
export function shownIndex({ pointed, index }) {
  return pointed ?? index;
}

/** Return the index of the largest number. */
export function strongestIndex({ shape, data }) {
  return indexOf(shape, data.reduce((best, value, place) => (value > data[best] ? place : best), 0));
}

/** Return an index of another layer, as near as can be. */
export function nearestIndex(network, layer, index) {
  const shape = shapeOf(network, layer);
  if (shape.length !== index.length) return shape.map((size, axis) => (axis < 2 && shape.length > 1 ? size >> 1 : 0));
  return index.map((place, axis) => within(place, shape[axis]));
}

/** Return whose gradients can be asked for: the cell's, and those of the layer's weights. */
export function targetsOf(network, layer) {
  return layer < 0 ? ["cell"] : ["cell", ...network.layers[layer].trainable];
}

/**
 * Return where the weights of one map lie: a filter's as its rows and columns, a Dense layer's as the maps that it
 * reads; null where the layer has no kernel.
 */
export function kernelLayout(network, layer) {
  const { family, weights } = network.layers[layer];
  if (family === "dense") return inputLayoutOf(network, layer);
  return family === "convolution" ? mapsLayout(weights.kernel.shape) : null;
}

/** Return a function of row and column that reads the weights of a unit and a map; null: there is none. */
export function kernelReader(layout, values, unit, map) {
  return (row, column) => {
    const index = layout.index(row, column, map);
    return index ? at(values, [...index, unit]) : null;
  };
}

/** Return the picked weight's index in the weight's own shape. */
export function weightIndex({ network, layer, index, target, weight, group }) {
  const { weightAt } = arithmeticOf(network.layers[layer]);
  if (weightAt) return weightAt(network.layers[layer], index);
  const unit = index.at(-1);
  if (network.layers[layer].weights[target].shape.length === 1) return [unit];
  const layout = kernelLayout(network, layer);
  const row = within(weight[0], layout.rows);
  const column = within(weight[1], layout.columns);
  return [...layout.index(row, column, within(group ?? 0, layout.maps)), unit];
}

/**
 * Return the rows and columns of the input under the window of an output, those of the padding too; null: the
 * layer is no convolution.
 */
export function windowCells(network, layer, index) {
  const { family, computation, inputShape, weights } = network.layers[layer];
  if (family !== "convolution") return null;
  const { strides, padding, dilationRate } = computation;
  const size = weights.kernel.shape;
  const [rows, columns] = [0, 1].map((axis) =>
    coveredCells(index[axis], inputShape[axis], size[axis], strides[axis], padding, dilationRate[axis]),
  );
  return rows.flatMap((row) => columns.map((column) => [row, column]));
}
