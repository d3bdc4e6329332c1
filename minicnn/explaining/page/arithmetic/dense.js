/**
 * The fully connected layer: every unit weighs all features, `y[u] = Σ x[i]·kernel[i, u] + bias[u]`.
 *
 * Features are the last axis; whatever axes come before it are gone through one by one.
 */

import { kernelLayer } from "#page/arithmetic/kernel_layer.js";
import { at } from "#page/arithmetic/tensor.js";
import { biasTerms, inputTerm, outputTerm, weightTerm } from "#page/arithmetic/terms.js";

export const { forward, backward, weightTerms } = kernelLayer(connections, kernelTerms);

export function outputTerms({ weights: { kernel, bias } }, x, index) {
  const [before, unit] = [index.slice(0, -1), index.at(-1)];
  const terms = Array.from({ length: kernel.shape[0] }, (_, feature) =>
    outputTerm(x, [...before, feature], at(kernel, [feature, unit]), [feature, unit]),
  );
  return { terms, bias: bias?.data[unit] ?? null };
}

export function inputTerms({ weights: { kernel } }, x, dy, index) {
  const [before, feature] = [index.slice(0, -1), index.at(-1)];
  return Array.from({ length: kernel.shape[1] }, (_, unit) =>
    inputTerm(dy, [...before, unit], at(kernel, [feature, unit]), [feature, unit]),
  );
}

function kernelTerms(layer, x, dy, [feature, unit]) {
  return biasTerms(dy, unit).map(({ to }) => weightTerm(x, [...to.slice(0, -1), feature], dy, to));
}

function connections(layer, x, visit) {
  const [features, units] = layer.weights.kernel.shape;
  for (let input = 0; input < x.data.length; input++) {
    const row = Math.floor(input / features);
    visit(input, (input % features) * units, row * units, units);
  }
}
