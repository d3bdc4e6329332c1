/** Training steps: new weights from old ones and their gradients. Nothing is changed in place. */

import { constrained } from "#page/arithmetic/constraints.js";
import { OPTIMIZERS, clipping, momentumAt } from "#page/arithmetic/optimizers.js";
import { at, each, mapped, offsetOf } from "#page/arithmetic/tensor.js";

/** Take one step: clip the gradients, shrink the weights by the decay, add the optimizer's change. */
export function trainStep(network, gradients, optimizer = network.optimizers[0]) {
  const kept = keptBy(network, optimizer);
  const clip = clipping(network, gradients.weights, optimizer.arguments);
  const layers = [];
  const slots = network.layers.map((layer, position) => {
    const weights = { ...layer.weights };
    const found = layer.trainable.map((name) => {
      const gradient = mapped(gradients.weights[position][name], clip(position, name));
      const update = updated(weights[name], gradient, optimizer, kept, kept.slots?.[position][name]);
      weights[name] = constrained(update.weight, layer.constraints[name]);
      return [name, update.slots];
    });
    layers.push({ ...layer, weights });
    return Object.fromEntries(found);
  });
  const step = kept.step + 1;
  // Keras keeps Nadam's product of momentums in float32.
  const momentums = Math.fround(kept.momentums * momentumAt(optimizer.arguments.beta_1, step));
  const next = { arguments: optimizer.arguments, step, taken: kept.taken + 1, momentums, slots };
  return { ...network, layers, kept: next };
}

/** The numbers of one weight's update; README.md names them. */
export function explainUpdate(network, gradients, layer, name, index, optimizer = network.optimizers[0]) {
  const kept = keptBy(network, optimizer);
  const weight = network.layers[layer].weights[name];
  const all = gradients.weights[layer][name];
  const clip = clipping(network, gradients.weights, optimizer.arguments)(layer, name);
  const update = updated(weight, mapped(all, clip), optimizer, kept, kept.slots?.[layer][name]);
  const [before, gradient, free] = [weight, all, update.weight].map((one) => at(one, index));
  const after = at(constrained(update.weight, network.layers[layer].constraints[name]), index);
  const rate = rateOf(optimizer, kept);
  const decay = -before * rate * (optimizer.arguments.weight_decay ?? 0);
  return {
    before,
    gradient,
    clipped: clip(gradient),
    decay,
    change: free - before - decay,
    constraint: after - free,
    after,
    rate,
    step: kept.step + 1,
    slots: each(update.slots, (data) => data[offsetOf(weight.shape, index)]),
    formula: OPTIMIZERS[optimizer.name].formula(optimizer.arguments),
  };
}

/** The learning rate of the next step; a schedule has one a step. */
export function learningRate(network, optimizer) {
  return rateOf(optimizer, keptBy(network, optimizer));
}

/** The rates are those of the steps on the page. */
function rateOf({ rates }, { taken }) {
  return rates[Math.min(taken, rates.length - 1)];
}

/** What an optimizer has kept from the steps before; another one begins anew. */
function keptBy({ kept }, optimizer) {
  return kept?.arguments === optimizer.arguments ? kept : { step: 0, taken: 0, momentums: 1, slots: null };
}

/** A weight and its slots after a step. */
function updated(weight, gradient, optimizer, kept, old) {
  const { slots: names, begin, change } = OPTIMIZERS[optimizer.name];
  const options = optimizer.arguments;
  const first = () => new Float64Array(weight.data.length).fill(begin?.(options) ?? 0);
  const slots = old
    ? each(old, (data) => data.slice())
    : Object.fromEntries(names(options).map((name) => [name, first()]));
  const rate = rateOf(optimizer, kept);
  const changeOf = change(options, { ...kept, rate, step: kept.step + 1 });
  const shrink = 1 - (options.weight_decay ?? 0) * rate;
  return { slots, weight: mapped(weight, (value, i) => value * shrink + changeOf(gradient.data[i], slots, i)) };
}
