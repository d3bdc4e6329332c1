/** Each number as the sum that made it; README.md says what the fields mean. */

import { slopeOf } from "#page/arithmetic/activations.js";
import { arithmeticOf } from "#page/arithmetic/layers.js";
import { compare } from "#page/arithmetic/loss.js";
import { penaltyGradient } from "#page/arithmetic/penalty.js";
import { softmaxParts } from "#page/arithmetic/softmax.js";
import { at, offsetOf } from "#page/arithmetic/tensor.js";
import { total } from "#page/arithmetic/terms.js";

/**
 * A cell of a layer's output: window × filter + bias → activation.
 *
 * @param {object} network
 * @param {object} pass
 * @param {number} place  of the layer
 * @param {number[]} index  of the cell
 */
export function explainOutput(network, pass, place, index) {
  const layer = network.layers[place];
  const { name, parameters } = layer.activation;
  const [sums, outputs] = [pass.sums[place], pass.outputs[place]];
  const value = at(outputs, index);
  const {
    terms,
    bias,
    normalization = null,
  } = arithmeticOf(layer).outputTerms(layer, pass.inputs[place], index);
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

/**
 * The gradient of a cell of a layer's input: which outputs it reached, through which weights.
 *
 * @param {object} network
 * @param {object} pass
 * @param {object} gradients
 * @param {number} place  of the layer
 * @param {number[]} index  of the cell
 */
export function explainInput(network, pass, gradients, place, index) {
  const layer = network.layers[place];
  offsetOf(layer.inputShape, index); // throws where there is no such cell
  const terms = arithmeticOf(layer).inputTerms(
    layer,
    pass.inputs[place],
    gradients.sums[place],
    index,
  );
  return { terms, value: total(terms) };
}

/**
 * The gradient of a weight: which inputs it met, and the gradients of the outputs they went to.
 *
 * @param {object} network
 * @param {object} pass
 * @param {object} gradients
 * @param {number} place  of the layer
 * @param {string} name  of the weight
 * @param {number[]} index
 */
export function explainWeight(network, pass, gradients, place, name, index) {
  const layer = network.layers[place];
  if (!layer.trainable.includes(name)) {
    const there = layer.trainable.join(", ") || "none";
    throw new Error(
      `The layer "${layer.name}" has no weight "${name}" that training changes; there is: ${there}.`,
    );
  }
  const penalty = penaltyGradient(layer, name, at(layer.weights[name], index));
  const terms = arithmeticOf(layer).weightTerms(
    layer,
    pass.inputs[place],
    gradients.sums[place],
    name,
    index,
  );
  return { terms, penalty, value: total(terms) + penalty };
}

/** The gradient of a bias: the gradients of all outputs it was added to. */
export function explainBias(network, pass, gradients, place, index) {
  return explainWeight(network, pass, gradients, place, "bias", index);
}

/**
 * How a gradient came through a layer's activation, from ∂loss/∂output to ∂loss/∂sum.
 *
 * @param {object} network
 * @param {object} pass
 * @param {object} gradients
 * @param {number} place  of the layer
 * @param {number[]} index  of the cell
 */
export function explainSum(network, pass, gradients, place, index) {
  const { activation } = network.layers[place];
  const [sum, output] = [at(pass.sums[place], index), at(pass.outputs[place], index)];
  const parts = {
    upstream: at(gradients.outputs[place], index),
    slope: null,
    probability: null,
    target: null,
    share: null,
    terms: [],
    value: at(gradients.sums[place], index),
  };
  if (gradients.fused && place === network.layers.length - 1) {
    const { targets, share } = compare(network, pass, gradients.label);
    return { how: "p − y", ...parts, probability: output, target: targets[index[0]], share };
  }
  if (activation.name === "softmax") {
    return {
      how: "softmax",
      ...parts,
      probability: output,
      terms: softmaxTerms(pass, gradients, place, activation, index),
    };
  }
  return { how: "slope", ...parts, slope: slopeOf(activation, sum, output) };
}

/** Every probability that shares the total, times its own gradient. */
function softmaxTerms(pass, gradients, place, { parameters }, index) {
  return softmaxParts(pass.sums[place], parameters.axis, index).indices.map((to) => {
    const [gradient, weight] = [at(gradients.outputs[place], to), at(pass.outputs[place], to)];
    return { to, gradient, weight, product: gradient * weight };
  });
}

/**
 * The loss: each output's share of it, and the regularizers'.
 *
 * @param {object} network
 * @param {object} pass
 * @param {number | number[]} label
 */
export function explainLoss(network, pass, label) {
  const { name, targets, outputs, shares, penalty, value } = compare(network, pass, label);
  const terms = shares.map((product, place) => ({
    index: [place],
    output: outputs[place],
    target: targets[place],
    product,
  }));
  return { name, terms, penalty, value };
}
