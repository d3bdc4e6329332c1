/** One training step: new weights from old ones and their gradients. Nothing is changed in place. */

import { at, mapped, tensor, zeros } from "#page/arithmetic/tensor.js";

const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/**
 * Take one step down the gradient.
 *
 * SGD: `w ← w − α·g`. Adam divides a running mean of g by the root of a running mean of g²:
 *
 *     m ← m + (1 − β₁)·(g − m),    v ← v + (1 − β₂)·(g² − v)
 *     w ← w − α·√(1 − β₂ᵗ)/(1 − β₁ᵗ) · m / (√v + ε)
 *
 * Kingma & Ba 2015, "Adam: a method for stochastic optimization", arXiv:1412.6980, §2.
 */
export function trainStep(network, gradients, learningRate, optimizer = "sgd") {
  const state = nextState(network, gradients, optimizer);
  const layers = network.layers.map((layer, position) => {
    const changed = layer.trainable.map((name) => {
      const changeAt = changes(network, gradients, state, position, name, learningRate);
      return [name, mapped(layer.weights[name], (weight, offset) => weight + changeAt(offset))];
    });
    return { ...layer, weights: { ...layer.weights, ...Object.fromEntries(changed) } };
  });
  return { ...network, layers, adam: state };
}

/** The numbers of one weight's update; README.md names them. */
export function explainUpdate(
  network,
  gradients,
  layer,
  name,
  index,
  learningRate,
  optimizer = "sgd",
) {
  const before = at(network.layers[layer].weights[name], index);
  const gradient = at(gradients.weights[layer][name], index);
  const { step = 0, m, v } = network.adam ?? {};
  const [mBefore, vBefore] = [m, v].map((means) => (means ? at(means[layer][name], index) : 0));
  // The same step, of a network that has this one weight.
  const alone = (value) => ({ [name]: tensor([1], [value]) });
  const single = {
    optimizer: network.optimizer,
    layers: [{ trainable: [name], weights: alone(before) }],
    adam: { step, m: [alone(mBefore)], v: [alone(vBefore)] },
  };
  const stepped = trainStep(single, { weights: [alone(gradient)] }, learningRate, optimizer);
  const after = stepped.layers[0].weights[name].data[0];
  const update = { before, gradient, change: after - before, after };
  if (stepped.adam === null) {
    return update;
  }
  return {
    ...update,
    ...corrections(network, stepped.adam.step, learningRate),
    step: stepped.adam.step,
    mBefore,
    vBefore,
    m: stepped.adam.m[0][name].data[0],
    v: stepped.adam.v[0][name].data[0],
  };
}

/** A function from a weight's offset to its change. */
function changes(network, gradients, state, position, name, learningRate) {
  if (state === null) {
    return (offset) => -learningRate * gradients.weights[position][name].data[offset];
  }
  const { rate } = corrections(network, state.step, learningRate);
  const { epsilon } = { ...ADAM, ...network.optimizer };
  const [m, v] = [state.m[position][name].data, state.v[position][name].data];
  return (offset) => (-rate * m[offset]) / (Math.sqrt(v[offset]) + epsilon);
}

/** What makes up for m and v starting at 0. */
function corrections(network, step, learningRate) {
  const { beta1, beta2 } = { ...ADAM, ...network.optimizer };
  const [correction1, correction2] = [1 - beta1 ** step, 1 - beta2 ** step];
  return { correction1, correction2, rate: (learningRate * Math.sqrt(correction2)) / correction1 };
}

/** Adam's running means after this step's gradients; null for SGD, which has none. */
function nextState(network, gradients, optimizer) {
  if (optimizer === "sgd") {
    return null;
  }
  if (optimizer !== "adam") {
    throw new Error(`The page steps with "sgd" or "adam", got "${optimizer}".`);
  }
  const { beta1, beta2 } = { ...ADAM, ...network.optimizer };
  const { step, m, v } = network.adam ?? { step: 0, m: null, v: null };
  return {
    step: step + 1,
    m: averages(gradients, m, 1 - beta1, (gradient) => gradient),
    v: averages(gradients, v, 1 - beta2, (gradient) => gradient ** 2),
  };
}

/** Move every running mean by a share towards what the gradient gives. */
function averages(gradients, old, share, of) {
  return gradients.weights.map((weights, position) =>
    Object.fromEntries(
      Object.entries(weights).map(([name, gradient]) => {
        const before = old ? old[position][name] : zeros(gradient.shape);
        return [
          name,
          mapped(before, (mean, offset) => mean + share * (of(gradient.data[offset]) - mean)),
        ];
      }),
    ),
  );
}
