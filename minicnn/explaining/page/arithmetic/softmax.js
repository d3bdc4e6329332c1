/** Softmax: scores become probabilities, `e^xᵢ / Σⱼ e^xⱼ`, shifted by the largest so as not to overflow. */

import { indexOf, offsetOf, vectorsAlong, zeros } from "#page/arithmetic/tensor.js";

export function softmax(x, axis = -1) {
  const y = zeros(x.shape);
  for (const vector of vectorsAlong(x.shape, axis)) {
    const { exponentials, total } = exponentialsOf(vector.map((offset) => x.data[offset]));
    vector.forEach((offset, position) => (y.data[offset] = exponentials[position] / total));
  }
  return y;
}

/** Every probability depends on every score: `dxᵢ = yᵢ·(dyᵢ − Σⱼ dyⱼ·yⱼ)`. */
export function softmaxBackward(dy, y, axis = -1) {
  const dx = zeros(y.shape);
  for (const vector of vectorsAlong(y.shape, axis)) {
    const shared = vector.reduce((sum, offset) => sum + dy.data[offset] * y.data[offset], 0);
    vector.forEach((offset) => (dx.data[offset] = y.data[offset] * (dy.data[offset] - shared)));
  }
  return dx;
}

/** The parts of one probability: the scores it shares a total with, their exponentials, and the total. */
export function softmaxParts(x, index, axis = -1) {
  const offset = offsetOf(x.shape, index);
  const vector = vectorsAlong(x.shape, axis).find((one) => one.includes(offset));
  const logits = vector.map((one) => x.data[one]);
  const indices = vector.map((one) => indexOf(x.shape, one));
  return { indices, logits, ...exponentialsOf(logits), position: vector.indexOf(offset) };
}

export function exponentialsOf(logits) {
  const largest = Math.max(...logits);
  const exponentials = logits.map((logit) => Math.exp(logit - largest));
  return { largest, exponentials, total: exponentials.reduce((sum, exponential) => sum + exponential, 0) };
}
