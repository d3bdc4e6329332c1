/** The network's loss: which function compares its output with the label, and from where. */

import { LOSSES, sigmoidCrossEntropy, softmaxCrossEntropy } from "#page/arithmetic/losses.js";
import { tensor } from "#page/arithmetic/tensor.js";

/** Compare all outputs with their labels; null stands for an output that is not learnt from. */
export function compareAll(network, pass, labels) {
  if (!network.learns) {
    throw new Error(`The network has no loss to go back from: ${network.unknown}. Use backwardFrom.`);
  }
  const outputs = network.outputs.map((output, place) =>
    output.loss.name === null ? null : compare(network, pass, output, labels[place]),
  );
  const penalty = penaltyOf(network);
  return { outputs, penalty, value: outputs.reduce((sum, one) => sum + (one ? one.weight * one.value : 0), penalty) };
}

/** Compare an output with its label; the gradients are those of the whole loss, the value its own. */
export function compare(network, pass, output, label) {
  const { layer, loss } = output;
  const { name, weight } = loss;
  const { fromLogits, fromOutputs } = LOSSES[name];
  const fused = isFused(network, output);
  const given = fused ? pass.sums[layer] : pass.outputs[layer];
  const isIgnored = label === (loss.ignore_class ?? null);
  const targets = isIgnored ? [...given.data].fill(0) : smoothed(loss, targetsOf(label, given.data.length));
  const compareWith = fused || loss.from_logits ? fromLogits : fromOutputs;
  const { outputs, shares, gradient } = compareWith([...given.data], targets, loss);
  const weighted = (numbers) => tensor(given.shape, numbers.map((one) => weight * one));
  return {
    name,
    layer,
    weight,
    targets,
    outputs,
    shares,
    value: shares.reduce((sum, one) => sum + one, 0),
    share: name === "binary_crossentropy" ? targets.length : 1,
    dsum: fused ? weighted(gradient) : null,
    doutput: weighted(fused ? throughProbabilities(outputs, targets, name) : gradient),
  };
}

/** What an output answers: its numbers, or their softmax or sigmoid where these are logits. */
export function probabilitiesOf({ answer, layer }, pass) {
  const output = pass.outputs[layer];
  if (!answer.logits) return output;
  const compareWith = answer.kind === "classes" ? softmaxCrossEntropy : sigmoidCrossEntropy;
  const nothing = new Array(output.data.length).fill(0);
  return tensor(output.shape, compareWith([...output.data], nothing).outputs);
}

/** Whether loss and activation are one step, where the gradient is p − y: if nothing else reads the output. */
function isFused({ layers, outputs }, { layer, loss }) {
  const { name, parameters } = layers[layer].activation;
  const alone =
    outputs.filter((one) => one.layer === layer).length === 1 && !layers.some(({ from }) => from.includes(layer));
  return alone && name === LOSSES[loss.name].fusesWith && Object.keys(parameters).length === 0;
}

/** The label as one number an output. */
function targetsOf(label, count) {
  const targets = Array.isArray(label)
    ? label
    : Array.from({ length: count }, (_, position) => (count === 1 ? label : Number(position === label)));
  const isClass = count > 1 && !Array.isArray(label);
  const fits = targets.length === count && targets.every(Number.isFinite) && (!isClass || targets.includes(1));
  if (!fits) {
    const takes = `a class from 0 to ${count - 1} or as many numbers`;
    throw new Error(`A network with ${count} outputs takes ${takes}, got ${label}.`);
  }
  return targets;
}

/** Label smoothing s: `t·(1 − s) + s/classes`; a yes-or-no answer has two classes. */
function smoothed({ name, label_smoothing = 0 }, targets) {
  const classes = name === "binary_crossentropy" ? 2 : targets.length;
  return targets.map((target) => target * (1 - label_smoothing) + label_smoothing / classes);
}

/** ∂loss/∂probability, which the fused step goes around: −t/p, or (p − t)/(p·(1 − p)) for sigmoid. */
function throughProbabilities(outputs, targets, name) {
  return name === "binary_crossentropy"
    ? outputs.map((p, i) => (p - targets[i]) / (p * (1 - p)) / outputs.length)
    : outputs.map((p, i) => (targets[i] === 0 ? 0 : -targets[i] / p));
}

/** The regularizers: `l1·Σ|w| + l2·Σw²` on a weight, with the gradient `l1·sign(w) + 2·l2·w`. */
function penaltyOf(network) {
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
