/**
 * A network: read, forward, backward. The way of a number, and of its gradient, through all layers.
 *
 * Everything that the page computes is exported from here; README.md describes it.
 *
 * @typedef {object} Network  what `readNetwork` gives: layers, loss, names, examples
 * @typedef {object} Pass  what `forward` gives: inputs, sums and outputs of every layer
 * @typedef {object} Gradients  what `backward` gives, in the shapes of the pass and the weights
 */

import { activate, activateBackward } from "#page/arithmetic/activations.js";
import { arithmeticOf } from "#page/arithmetic/layers.js";
import { compare, probabilitiesOf } from "#page/arithmetic/loss.js";
import { penaltyGradient } from "#page/arithmetic/penalty.js";
import { mapped, reshaped } from "#page/arithmetic/tensor.js";

export {
  explainBias,
  explainInput,
  explainLoss,
  explainOutput,
  explainSum,
  explainWeight,
} from "#page/arithmetic/explaining.js";
export { convolutionNetwork, readNetwork, trainedNetworks } from "#page/arithmetic/reading.js";
export { at, indexOf, offsetOf, tensor, zeros } from "#page/arithmetic/tensor.js";
export { explainUpdate, trainStep } from "#page/arithmetic/training.js";
export { coveredCells, outputSize } from "#page/arithmetic/windows.js";

/** Carry an image through all layers, as in `predict`. */
export function forward(network, image) {
  let x = fitting(network, image);
  const pass = { inputs: [], sums: [], outputs: [] };
  for (const layer of network.layers) {
    const sums = arithmeticOf(layer).forward(layer, x);
    pass.inputs.push(x);
    pass.sums.push(sums);
    x = activate(layer.activation, sums);
    pass.outputs.push(x);
  }
  return { ...pass, logits: pass.sums.at(-1), probabilities: probabilitiesOf(network, x) };
}

/** Carry the loss' gradient back through all layers. */
export function backward(network, pass, label) {
  const { value, fused, doutput, dsum } = compare(network, pass, label);
  return { loss: value, label, fused, ...backThrough(network, pass, doutput, dsum) };
}

/** Carry any gradient of the last output back: for networks without a loss. */
export function backwardFrom(network, pass, dy) {
  const upstream = reshaped(dy, pass.outputs.at(-1).shape);
  return { loss: null, label: null, fused: false, ...backThrough(network, pass, upstream, null) };
}

function backThrough(network, pass, doutput, dsum) {
  const gradients = { outputs: [], sums: [], inputs: [], weights: [] };
  let dy = doutput;
  for (let position = network.layers.length - 1; position >= 0; position--) {
    const layer = network.layers[position];
    const isFused = dsum !== null && position === network.layers.length - 1;
    const dz = isFused
      ? dsum
      : activateBackward(layer.activation, dy, pass.sums[position], pass.outputs[position]);
    const { input, weights } = arithmeticOf(layer).backward(layer, pass.inputs[position], dz);
    gradients.outputs.unshift(dy);
    gradients.sums.unshift(dz);
    gradients.inputs.unshift(input);
    gradients.weights.unshift(withPenalties(layer, weights));
    dy = input;
  }
  return gradients;
}

/** The gradients of the weights that training changes, the regularizers' share included. */
function withPenalties(layer, weights) {
  return Object.fromEntries(
    layer.trainable.map((name) => {
      const values = layer.weights[name].data;
      return [
        name,
        mapped(
          weights[name],
          (gradient, position) => gradient + penaltyGradient(layer, name, values[position]),
        ),
      ];
    }),
  );
}

function fitting({ inputShape }, image) {
  const isGrey = image.shape.length === 2 && inputShape.at(-1) === 1; // a grey image without its channel
  const shape = isGrey ? [...image.shape, 1] : image.shape;
  if (shape.join() !== inputShape.join()) {
    throw new Error(`The network takes an input of shape [${inputShape}], got [${image.shape}].`);
  }
  return reshaped(image, inputShape);
}
