/** Constraints on weights, as in `minicnn.constraints`: after every step a weight is made what it may be. */

import { indexOf, mapped } from "#page/arithmetic/tensor.js";

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
  const axes = [constraint.axis].flat().map((axis) => (axis + weight.shape.length) % weight.shape.length);
  const vectorOf = (at) => indexOf(weight.shape, at).filter((_, axis) => !axes.includes(axis)).join();
  const squares = {};
  weight.data.forEach((number, at) => {
    squares[vectorOf(at)] = (squares[vectorOf(at)] ?? 0) + number ** 2;
  });
  return mapped(weight, (number, at) => {
    const norm = Math.sqrt(squares[vectorOf(at)]);
    return (number * NORMS[constraint.name](norm, constraint)) / (EPSILON + norm);
  });
}
