/** Rescaling: `y = x·scale + offset`, with one number each, or one a channel. */

import { mapped } from "#page/arithmetic/tensor.js";
import { inputTerm, outputTerm } from "#page/arithmetic/terms.js";

export function forward({ config }, x) {
  const last = x.shape.at(-1);
  return mapped(
    x,
    (value, offset) =>
      value * ofChannel(config.scale, offset % last) + ofChannel(config.offset, offset % last),
  );
}

export function backward({ config }, x, dy) {
  const last = x.shape.at(-1);
  return {
    input: mapped(dy, (gradient, offset) => gradient * ofChannel(config.scale, offset % last)),
    weights: {},
  };
}

export function outputTerms({ config }, x, index) {
  const terms = [outputTerm(x, index, ofChannel(config.scale, index.at(-1)))];
  return { terms, bias: ofChannel(config.offset, index.at(-1)) };
}

export function inputTerms({ config }, x, dy, index) {
  return [inputTerm(dy, index, ofChannel(config.scale, index.at(-1)))];
}

/** @param {number | number[]} numbers @param {number} channel */
function ofChannel(numbers, channel) {
  return Array.isArray(numbers) ? numbers[channel % numbers.length] : numbers;
}
