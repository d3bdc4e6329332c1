/** Each number as the sum that made it; README.md says what the fields mean. */

import { slopeOf } from "#page/arithmetic/activations.js";
import { arithmeticOf } from "#page/arithmetic/layers.js";
import { compare, compareAll, penaltyGradient } from "#page/arithmetic/loss.js";
import { softmaxParts } from "#page/arithmetic/softmax.js";
import { at, indexOf, offsetOf, sizeOf } from "#page/arithmetic/tensor.js";
import { inputTerm, total } from "#page/arithmetic/terms.js";

/** A cell of a layer's output: window × filter + bias → activation. */
export function explainOutput(network, pass, position, index) {
  const layer = network.layers[position];
  const { name, parameters } = layer.activation;
  const [sums, outputs] = [pass.sums[position], pass.outputs[position]];
  const value = at(outputs, index);
  const explained = arithmeticOf(layer).outputTerms(layer, pass.inputs[position], index);
  const sum = total(explained.terms) + (explained.bias ?? 0);
  return {
    normalization: null,
    ...explained,
    sum,
    activation: { name, parameters, slope: slopeOf(layer.activation, sum, value) },
    softmax: name === "softmax" ? softmaxParts(sums, index, parameters.axis) : null,
    value,
  };
}

/** The gradient of a cell of a layer's input: which outputs it reached, through which weights. */
export function explainInput(network, pass, gradients, position, index) {
  const layer = network.layers[position];
  offsetOf(layer.inputShape, index); // throws where there is no such cell
  const terms = arithmeticOf(layer).inputTerms(layer, pass.inputs[position], gradients.sums[position], index);
  return { terms, value: total(terms) };
}

/** Where a cell of a layer's input stands: in which layer's output (-1: the image), and its index there. */
export function cellBefore(network, position, index) {
  const { from, inputShape } = network.layers[position];
  if (from.length === 1) return { layer: from[0], index };
  let offset = offsetOf(inputShape, index);
  for (const layer of from) {
    const shape = shapeOf(network, layer);
    if (offset < sizeOf(shape)) return { layer, index: indexOf(shape, offset) };
    offset -= sizeOf(shape);
  }
  return null; // not reached: the sizes add up
}

/** The gradient of a cell of a layer's output, or of the image's: the terms of every layer that read it, and
 * what the losses of the outputs that it belongs to send. */
export function explainCell(network, pass, gradients, position, index) {
  const terms = network.layers.flatMap(({ from }, layer) => {
    let start = 0;
    return from.flatMap((place) => {
      const size = sizeOf(shapeOf(network, place));
      const before = start;
      start += size;
      if (place !== position) return [];
      const cell = from.length === 1 ? index : [before + offsetOf(shapeOf(network, place), index)];
      return explainInput(network, pass, gradients, layer, cell).terms.map((term) => ({ ...term, layer }));
    });
  });
  const losses = lossesOf(network, pass, gradients, position).map(({ doutput }) => at(doutput, index));
  const loss = losses.length > 0 ? losses.reduce((sum, one) => sum + one) : null;
  return { terms, loss, value: total(terms) + (loss ?? 0) };
}

/** An output's comparisons with its labels; none for a layer that is no output. */
function lossesOf(network, pass, { labels }, position) {
  return network.outputs.flatMap((output, place) =>
    labels && output.layer === position && output.loss.name !== null
      ? [compare(network, pass, output, labels[place])]
      : [],
  );
}

/** The shape of a layer's output; of -1 the image's. */
export function shapeOf({ inputShape, layers }, position) {
  return position < 0 ? inputShape : layers[position].outputShape;
}

/** The gradient of a weight: which inputs it met, and the gradients of the outputs they went to. */
export function explainWeight(network, pass, gradients, position, name, index) {
  const layer = network.layers[position];
  if (!layer.trainable.includes(name)) {
    const there = layer.trainable.join(", ") || "none";
    throw new Error(`The layer "${layer.name}" has no weight "${name}" that training changes; there is: ${there}.`);
  }
  const penalty = penaltyGradient(layer, name, at(layer.weights[name], index));
  const calls = [...network.layers.keys()].filter((one) => network.layers[one].shared === layer.shared);
  const terms = calls.flatMap((call) =>
    arithmeticOf(layer)
      .weightTerms(network.layers[call], pass.inputs[call], gradients.sums[call], name, index)
      .map((term) => ({ ...term, layer: call })),
  );
  return { terms, penalty, value: total(terms) + penalty };
}

/** What `explainSum` says of the parts that `how` does not use. */
const NOT_USED = { slope: null, probability: null, target: null, share: null, weight: 1, terms: [] };

/** How a gradient came through a layer's activation, from ∂loss/∂output to ∂loss/∂sum. */
export function explainSum(network, pass, gradients, position, index) {
  const { activation } = network.layers[position];
  const [sums, outputs, upstream] = [pass.sums[position], pass.outputs[position], gradients.outputs[position]];
  const probability = at(outputs, index);
  const parts = {
    ...NOT_USED,
    upstream: at(upstream, index),
    value: at(gradients.sums[position], index),
  };
  if (gradients.fused.includes(position)) {
    const [{ targets, share, weight }] = lossesOf(network, pass, gradients, position);
    const target = targets[offsetOf(sums.shape, index)];
    return { how: "p − y", ...parts, probability, target, share, weight };
  }
  if (activation.name === "softmax") { // every probability that shares the total, times its own gradient
    const { indices } = softmaxParts(sums, index, activation.parameters.axis);
    const terms = indices.map((to) => inputTerm(upstream, to, at(outputs, to)));
    return { how: "softmax", ...parts, probability, terms };
  }
  return { how: "slope", ...parts, slope: slopeOf(activation, at(sums, index), probability) };
}

/** The loss: of each output its numbers' shares, and the regularizers'. */
export function explainLoss(network, pass, labels) {
  const { outputs, penalty, value } = compareAll(network, pass, labels);
  const explained = outputs.map((output) => output && {
    name: output.name,
    weight: output.weight,
    value: output.value,
    terms: output.shares.map((product, place) => ({
      index: indexOf(pass.outputs[output.layer].shape, place),
      output: output.outputs[place],
      target: output.targets[place],
      product,
    })),
  });
  return { outputs: explained, penalty, value };
}
