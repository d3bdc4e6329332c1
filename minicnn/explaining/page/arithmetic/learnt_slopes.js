/** Number by number: `y = x` where x is positive, else `y = w·x` with a learnt slope w. */

import { indexOf, mapped, offsetOf, zeros } from "#page/arithmetic/tensor.js";
import { inputTerm, outputTerm, weightTerm } from "#page/arithmetic/terms.js";

export function forward(layer, x) {
  return mapped(x, (value, offset) => slopeAt(layer, x, offset) * value);
}

export function backward(layer, x, dy) {
  const { weight, indices } = layer.computation;
  const slopes = zeros(layer.weights[weight].shape);
  const input = mapped(dy, (gradient, offset) => {
    if (x.data[offset] <= 0) slopes.data[indices[offset]] += gradient * x.data[offset];
    return gradient * slopeAt(layer, x, offset);
  });
  return { input, weights: { [weight]: slopes } };
}

export function outputTerms(layer, x, index) {
  return { terms: [outputTerm(x, index, slopeAt(layer, x, offsetOf(x.shape, index)))], bias: null };
}

export function inputTerms(layer, x, dy, index) {
  return [inputTerm(dy, index, slopeAt(layer, x, offsetOf(x.shape, index)))];
}

export function weightTerms(layer, x, dy, name, index) {
  const slope = offsetOf(layer.weights[name].shape, index);
  const cells = [...x.data.keys()].filter((at) => layer.computation.indices[at] === slope && x.data[at] <= 0);
  return cells.map((at) => indexOf(x.shape, at)).map((cell) => weightTerm(x, cell, dy, cell));
}

export function weightAt({ inputShape, weights, computation }, index) {
  return indexOf(weights[computation.weight].shape, computation.indices[offsetOf(inputShape, index)]);
}

function slopeAt({ weights, computation: { weight, indices } }, x, offset) {
  return x.data[offset] > 0 ? 1 : weights[weight].data[indices[offset]];
}
