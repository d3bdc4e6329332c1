/** Regularizers: `l1·Σ|w| + l2·Σw²` on a weight, added to the loss; its gradient `l1·sign(w) + 2·l2·w`. */

/** The sum of all penalties of a network. */
export function penaltyOf(network) {
  let sum = 0;
  for (const layer of network.layers.filter(({ shared }, place) => shared === place)) {
    for (const [name, { l1, l2 }] of Object.entries(layer.penalties)) {
      for (const weight of layer.weights[name].data) sum += l1 * Math.abs(weight) + l2 * weight ** 2;
    }
  }
  return sum;
}

/** One weight's share of the gradient. */
export function penaltyGradient(layer, name, weight) {
  const { l1, l2 } = layer.penalties[name] ?? { l1: 0, l2: 0 };
  return l1 * Math.sign(weight) + 2 * l2 * weight;
}
