/**
 * Number by number: `y = x·scale + offset`. Without both, as in Dropout and layers that are only an
 * activation, everything passes.
 *
 * `scale` and `offset` are one number, or a list that repeats along the example.
 */

import { mapped, offsetOf } from "#page/arithmetic/tensor.js";
import { inputTerm, outputTerm } from "#page/arithmetic/terms.js";

export function forward({ computation }, x) {
  const { scale = 1, offset = 0 } = computation;
  if (scale === 1 && offset === 0) {
    return x;
  }
  return mapped(x, (value, at) => value * numberAt(scale, at) + numberAt(offset, at));
}

export function backward({ computation }, x, dy) {
  const { scale = 1 } = computation;
  return { input: mapped(dy, (gradient, at) => gradient * numberAt(scale, at)), weights: {} };
}

export function outputTerms({ computation }, x, index) {
  const { scale = 1, offset = null } = computation;
  const at = offsetOf(x.shape, index);
  const bias = offset === null ? null : numberAt(offset, at);
  return { terms: [outputTerm(x, index, numberAt(scale, at))], bias };
}

export function inputTerms({ computation }, x, dy, index) {
  const { scale = 1 } = computation;
  return [inputTerm(dy, index, numberAt(scale, offsetOf(x.shape, index)))];
}

/** @param {number | number[]} numbers @param {number} at */
function numberAt(numbers, at) {
  return Array.isArray(numbers) ? numbers[at % numbers.length] : numbers;
}
