/** Softmax: scores become probabilities, `e^xᵢ / Σⱼ e^xⱼ`, shifted by the largest so as not to overflow. */

import { indexOf, offsetOf, sizeOf, zeros } from "#page/arithmetic/tensor.js";

export function softmax(x, axis = -1) {
  const y = zeros(x.shape);
  for (const group of groups(x.shape, axis)) {
    const { exponentials, total } = exponentialsOf(group.map((offset) => x.data[offset]));
    group.forEach((offset, position) => (y.data[offset] = exponentials[position] / total));
  }
  return y;
}

/** Every probability depends on every score: `dxᵢ = yᵢ·(dyᵢ − Σⱼ dyⱼ·yⱼ)`. */
export function softmaxBackward(dy, y, axis = -1) {
  const dx = zeros(y.shape);
  for (const group of groups(y.shape, axis)) {
    const shared = group.reduce((sum, offset) => sum + dy.data[offset] * y.data[offset], 0);
    group.forEach((offset) => (dx.data[offset] = y.data[offset] * (dy.data[offset] - shared)));
  }
  return dx;
}

/** The parts of one probability: the scores it shares a total with, their exponentials, and the total. */
export function softmaxParts(x, axis, index) {
  const offset = offsetOf(x.shape, index);
  const group = groups(x.shape, axis).find((one) => one.includes(offset));
  const logits = group.map((one) => x.data[one]);
  const indices = group.map((one) => indexOf(x.shape, one));
  return { indices, logits, ...exponentialsOf(logits), position: group.indexOf(offset) };
}

/** @param {number[]} logits */
export function exponentialsOf(logits) {
  const largest = Math.max(...logits);
  const exponentials = logits.map((logit) => Math.exp(logit - largest));
  return { largest, exponentials, total: exponentials.reduce((sum, exponential) => sum + exponential, 0) };
}

/** The offsets that share a total, group by group: they differ only along the given axes. */
function groups(shape, axis = -1) {
  const along = [axis].flat().map((one) => one + shape.length);
  const found = new Map();
  for (let offset = 0; offset < sizeOf(shape); offset++) {
    const rest = indexOf(shape, offset)
      .filter((_, position) => !along.includes(position))
      .join();
    if (!found.has(rest)) {
      found.set(rest, []);
    }
    found.get(rest).push(offset);
  }
  return [...found.values()];
}
