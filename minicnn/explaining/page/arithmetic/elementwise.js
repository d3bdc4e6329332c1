/**
 * Number by number: `y = x·slope + shift`.
 *
 * Of elementwise layers both are known: one number, or a list that repeats along the example; without them, as in
 * Dropout and layers that are only an activation, everything passes. Of layers with learnt slopes it is 1 where x
 * is positive, else the learnt one.
 */

import { indexOf, mapped, offsetOf, zeros } from "#page/arithmetic/tensor.js";
import { inputTerm, outputTerm, weightTerm } from "#page/arithmetic/terms.js";

/** The functions of a family whose slopes are known. */
const pointwise = (slopeAt, shiftAt) => ({
  forward: (layer, x) =>
    mapped(x, (value, at) => value * slopeAt(layer, x, at) + (shiftAt(layer, at) ?? 0)),
  backward: (layer, x, dy) => ({ input: mapped(dy, (one, at) => one * slopeAt(layer, x, at)), weights: {} }),
  outputTerms(layer, x, index) {
    const at = offsetOf(x.shape, index);
    return { terms: [outputTerm(x, index, slopeAt(layer, x, at))], bias: shiftAt(layer, at) };
  },
  inputTerms: (layer, x, dy, index) => [inputTerm(dy, index, slopeAt(layer, x, offsetOf(x.shape, index)))],
});

const numberAt = (numbers, at) => (Array.isArray(numbers) ? numbers[at % numbers.length] : numbers);

const known = pointwise(
  ({ computation }, x, at) => numberAt(computation.scale ?? 1, at),
  ({ computation }, at) => numberAt(computation.offset ?? null, at),
);

export const elementwise = {
  ...known,
  forward(layer, x) {
    const { scale = 1, offset = 0 } = layer.computation;
    return scale === 1 && offset === 0 ? x : known.forward(layer, x);
  },
};

const learnt = pointwise(
  ({ weights, computation: { weight, indices } }, x, at) => (x.data[at] > 0 ? 1 : weights[weight].data[indices[at]]),
  () => null,
);

export const learntSlopes = {
  ...learnt,
  backward(layer, x, dy) {
    const { weight, indices } = layer.computation;
    const slopes = zeros(layer.weights[weight].shape);
    dy.data.forEach((gradient, at) => {
      if (x.data[at] <= 0) slopes.data[indices[at]] += gradient * x.data[at];
    });
    return { ...learnt.backward(layer, x, dy), weights: { [weight]: slopes } };
  },
  weightTerms(layer, x, dy, name, index) {
    const slope = offsetOf(layer.weights[name].shape, index);
    const cells = [...x.data.keys()].filter((at) => layer.computation.indices[at] === slope && x.data[at] <= 0);
    return cells.map((at) => indexOf(x.shape, at)).map((cell) => weightTerm(x, cell, dy, cell));
  },
  weightAt({ inputShape, weights, computation }, index) {
    return indexOf(weights[computation.weight].shape, computation.indices[offsetOf(inputShape, index)]);
  },
};
