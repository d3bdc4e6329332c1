/** Constraints on weights, as in `minicnn.constraints`: after every step a weight is made what it may be. */

import { mapped, vectorsAlong, zeros } from "#page/arithmetic/tensor.js";

const EPSILON = 1e-7;

/** What the norm of a vector of weights becomes. */
const NORMS = {
  MaxNorm: (norm, { max_value }) => Math.min(norm, max_value),
  UnitNorm: () => 1,
  MinMaxNorm: (norm, { min_value, max_value, rate }) =>
    rate * Math.min(Math.max(norm, min_value), max_value) + (1 - rate) * norm,
};

/** Apply a constraint; null: there is none. */
export function constrained(weight, constraint = null) {
  if (!constraint) return weight;
  if (constraint.name === "NonNeg") return mapped(weight, (number) => Math.max(number, 0));
  const changed = zeros(weight.shape);
  for (const vector of vectorsAlong(weight.shape, constraint.axis)) {
    const norm = Math.hypot(...vector.map((at) => weight.data[at]));
    const factor = NORMS[constraint.name](norm, constraint) / (EPSILON + norm);
    vector.forEach((at) => (changed.data[at] = weight.data[at] * factor));
  }
  return changed;
}
