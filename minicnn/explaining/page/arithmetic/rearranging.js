/**
 * Layers whose numbers stay as they are, in their order: Flatten and Reshape give them another shape,
 * Dropout passes everything outside training, and an activation's own layer begins with its input.
 */

import { indexOf, offsetOf, reshaped } from "#page/arithmetic/tensor.js";
import { inputTerm, outputTerm } from "#page/arithmetic/terms.js";

export function forward(layer, x) {
  return reshaped(x, layer.outputShape);
}

export function backward(layer, x, dy) {
  return { input: reshaped(dy, x.shape), weights: {} };
}

export function outputTerms({ inputShape, outputShape }, x, index) {
  return {
    terms: [outputTerm(x, indexOf(inputShape, offsetOf(outputShape, index)), 1)],
    bias: null,
  };
}

export function inputTerms({ inputShape, outputShape }, x, dy, index) {
  return [inputTerm(dy, indexOf(outputShape, offsetOf(inputShape, index)), 1)];
}
