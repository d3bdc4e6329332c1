/** Zero padding: the image in the middle of a larger one of zeros. */

import { offsetOf, zeros } from "#page/arithmetic/tensor.js";
import { inputTerm, outputTerm } from "#page/arithmetic/terms.js";

export function forward(layer, x) {
  const y = zeros(layer.outputShape);
  forEachRow(layer, (from, to, length) => y.data.set(x.data.subarray(from, from + length), to));
  return y;
}

export function backward(layer, x, dy) {
  const dx = zeros(x.shape);
  forEachRow(layer, (from, to, length) => dx.data.set(dy.data.subarray(to, to + length), from));
  return { input: dx, weights: {} };
}

export function outputTerms({ config, inputShape }, x, [row, column, channel]) {
  const [[top], [left]] = config.padding;
  const from = [row - top, column - left, channel];
  const inside = from.every((place, axis) => place >= 0 && place < inputShape[axis]);
  return { terms: [outputTerm(x, inside ? from : null, 1)], bias: null };
}

export function inputTerms({ config }, x, dy, [row, column, channel]) {
  const [[top], [left]] = config.padding;
  return [inputTerm(dy, [row + top, column + left, channel], 1)];
}

/** Every row of the image: where it begins in the input and in the output, and how long it is. */
function forEachRow({ config, inputShape, outputShape }, visit) {
  const [[top], [left]] = config.padding;
  const [height, width, channels] = inputShape;
  for (let row = 0; row < height; row++) {
    visit(row * width * channels, offsetOf(outputShape, [row + top, left, 0]), width * channels);
  }
}
