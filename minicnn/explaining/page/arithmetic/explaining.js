/** Each number as the sum that made it; README.md says what the fields mean. */

import { slopeOf } from "#page/arithmetic/activations.js";
import { arithmeticOf } from "#page/arithmetic/layers.js";
import { compare } from "#page/arithmetic/loss.js";
import { penaltyGradient } from "#page/arithmetic/penalty.js";
import { softmaxParts } from "#page/arithmetic/softmax.js";
import { at, indexOf, offsetOf, sizeOf } from "#page/arithmetic/tensor.js";
import { total } from "#page/arithmetic/terms.js";

/** A cell of a layer's output: window × filter + bias → activation. */
export function explainOutput(network, pass, position, index) {
  const layer = network.layers[position];
  const { name, parameters } = layer.activation;
  const [sums, outputs] = [pass.sums[position], pass.outputs[position]];
  const value = at(outputs, index);
  const {
    terms,
    bias,
    normalization = null,
  } = arithmeticOf(layer).outputTerms(layer, pass.inputs[position], index);
  const sum = total(terms) + (bias ?? 0);
  return {
    terms,
    bias,
    sum,
    activation: { name, parameters, slope: slopeOf(layer.activation, sum, value) },
    softmax: name === "softmax" ? softmaxParts(sums, parameters.axis, index) : null,
    normalization,
    value,
  };
}

/** The gradient of a cell of a layer's input: which outputs it reached, through which weights. */
export function explainInput(network, pass, gradients, position, index) {
  const layer = network.layers[position];
  offsetOf(layer.inputShape, index); // throws where there is no such cell
  const terms = arithmeticOf(layer).inputTerms(
    layer,
    pass.inputs[position],
    gradients.sums[position],
    index,
  );
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

/** The gradient of a cell of a layer's output, or of the image's: the terms of every layer that read it. */
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
  return { terms, value: total(terms) };
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
    throw new Error(
      `The layer "${layer.name}" has no weight "${name}" that training changes; there is: ${there}.`,
    );
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

/** The gradient of a bias: the gradients of all outputs it was added to. */
export function explainBias(network, pass, gradients, position, index) {
  return explainWeight(network, pass, gradients, position, "bias", index);
}

/** How a gradient came through a layer's activation, from ∂loss/∂output to ∂loss/∂sum. */
export function explainSum(network, pass, gradients, position, index) {
  const { activation } = network.layers[position];
  const [sum, output] = [at(pass.sums[position], index), at(pass.outputs[position], index)];
  const parts = {
    upstream: at(gradients.outputs[position], index),
    slope: null,
    probability: null,
    target: null,
    share: null,
    terms: [],
    value: at(gradients.sums[position], index),
  };
  if (gradients.fused && position === network.layers.length - 1) {
    const { targets, share } = compare(network, pass, gradients.label);
    return { how: "p − y", ...parts, probability: output, target: targets[index[0]], share };
  }
  if (activation.name === "softmax") {
    return {
      how: "softmax",
      ...parts,
      probability: output,
      terms: softmaxTerms(pass, gradients, position, activation, index),
    };
  }
  return { how: "slope", ...parts, slope: slopeOf(activation, sum, output) };
}

/** Every probability that shares the total, times its own gradient. */
function softmaxTerms(pass, gradients, position, { parameters }, index) {
  return softmaxParts(pass.sums[position], parameters.axis, index).indices.map((to) => {
    const [gradient, weight] = [at(gradients.outputs[position], to), at(pass.outputs[position], to)];
    return { to, gradient, weight, product: gradient * weight };
  });
}

/** The loss: each output's share of it, and the regularizers'. */
export function explainLoss(network, pass, label) {
  const { name, targets, outputs, shares, penalty, value } = compare(network, pass, label);
  const terms = shares.map((product, position) => ({
    index: [position],
    output: outputs[position],
    target: targets[position],
    product,
  }));
  return { name, terms, penalty, value };
}
