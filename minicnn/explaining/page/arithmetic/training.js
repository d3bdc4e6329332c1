/** Training steps: new weights from old ones and their gradients. Nothing is changed in place. */

import { OPTIMIZERS, clipping, momentumAt } from "#page/arithmetic/optimizers.js";
import { offsetOf } from "#page/arithmetic/tensor.js";

/** Take one step: clip the gradients, shrink the weights by the decay, add the optimizer's change. */
export function trainStep(network, gradients, optimizer = network.optimizers[0]) {
  const kept = keptBy(network, optimizer);
  const clip = clippingOf(network, gradients, optimizer);
  const layers = [];
  const slots = network.layers.map((layer, position) => {
    const updates = layer.trainable.map((name) => {
      const clipped = gradients.weights[position][name].data.map(clip(position, name));
      return [name, updated(layer.weights[name].data, clipped, optimizer, kept, kept.slots?.[position][name])];
    });
    const changed = updates.map(([name, { data }]) => [name, { ...layer.weights[name], data }]);
    layers.push({ ...layer, weights: { ...layer.weights, ...Object.fromEntries(changed) } });
    return Object.fromEntries(updates.map(([name, update]) => [name, update.slots]));
  });
  const step = kept.step + 1;
  // Keras keeps Nadam's product of momentums in float32.
  const momentums = Math.fround(kept.momentums * momentumAt(optimizer.arguments.beta_1, step));
  return { ...network, layers, kept: { arguments: optimizer.arguments, step, momentums, slots } };
}

/** The numbers of one weight's update; README.md names them. */
export function explainUpdate(network, gradients, layer, name, index, optimizer = network.optimizers[0]) {
  const { shape, data } = network.layers[layer].weights[name];
  const place = offsetOf(shape, index);
  const kept = keptBy(network, optimizer);
  const [before, gradient] = [data[place], gradients.weights[layer][name].data[place]];
  const clipped = clippingOf(network, gradients, optimizer)(layer, name)(gradient);
  const old = kept.slots && each(kept.slots[layer][name], (numbers) => numbers.slice(place, place + 1));
  const { data: [after], slots } = updated(data.slice(place, place + 1), [clipped], optimizer, kept, old);
  const rate = rateOf(optimizer, kept);
  const decay = -before * rate * (optimizer.arguments.weight_decay ?? 0);
  return {
    before,
    gradient,
    clipped,
    decay,
    change: after - before - decay,
    after,
    rate,
    step: kept.step + 1,
    slots: each(slots, ([number]) => number),
    formula: OPTIMIZERS[optimizer.name].formula(optimizer.arguments),
  };
}

/** The learning rate of the next step; a schedule has one a step. */
export function learningRate(network, optimizer) {
  return rateOf(optimizer, keptBy(network, optimizer));
}

function rateOf({ rates }, { step }) {
  return rates[Math.min(step, rates.length - 1)];
}

/** What an optimizer has kept from the steps before; another one begins anew. */
function keptBy({ kept }, optimizer) {
  return kept?.arguments === optimizer.arguments ? kept : { step: 0, momentums: 1, slots: null };
}

function clippingOf(network, gradients, optimizer) {
  return clipping(network, gradients.weights, optimizer.arguments);
}

/** Weights and slots after a step. */
function updated(data, gradient, optimizer, kept, old) {
  const { slots: names, begin, change } = OPTIMIZERS[optimizer.name];
  const { weight_decay } = optimizer.arguments;
  const made = () => new Float64Array(data.length).fill(begin?.(optimizer.arguments) ?? 0);
  const slots = old
    ? each(old, (numbers) => numbers.slice())
    : Object.fromEntries(names(optimizer.arguments).map((name) => [name, made()]));
  const rate = rateOf(optimizer, kept);
  const changeOf = change(optimizer.arguments, { ...kept, rate, step: kept.step + 1 });
  const shrink = 1 - (weight_decay ?? 0) * rate;
  return { slots, data: data.map((weight, i) => weight * shrink + changeOf(gradient[i], slots, i)) };
}

function each(named, change) {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, change(value)]));
}
