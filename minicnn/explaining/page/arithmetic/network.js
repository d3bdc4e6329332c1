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
import { compareAll, penaltyGradient, probabilitiesOf } from "#page/arithmetic/loss.js";
import { mapped, reshaped, tensor, zeros } from "#page/arithmetic/tensor.js";

export {
  cellBefore, explainCell, explainInput, explainLoss, explainOutput, explainSum, explainWeight, shapeOf,
} from "#page/arithmetic/explaining.js";
export { convolutionNetwork, readNetwork, trainedNetworks } from "#page/arithmetic/reading.js";
export { at, indexOf, offsetOf, sizeOf, tensor, zeros } from "#page/arithmetic/tensor.js";
export { explainUpdate, learningRate, trainStep } from "#page/arithmetic/training.js";
export { coveredCells, outputSize } from "#page/arithmetic/windows.js";

/** Carry an image through all layers, as in `predict`. */
export function forward(network, image) {
  const x = fitting(network, image);
  const example = network.examples.findIndex((one) => one.image === image);
  const pass = { inputs: [], sums: [], outputs: [] };
  for (const layer of network.layers) {
    const input = joined(layer.from.map((place) => (place < 0 ? x : pass.outputs[place])));
    const sums = layer.family === "given" ? givenOutput(layer, example) : arithmeticOf(layer).forward(layer, input);
    pass.inputs.push(input);
    pass.sums.push(sums);
    pass.outputs.push(activate(layer.activation, sums));
  }
  return { ...pass, answers: network.outputs.map((output) => probabilitiesOf(output, pass)) };
}

/** Several inputs are one flat tensor. */
function joined(inputs) {
  if (inputs.length === 1) return inputs[0];
  const data = inputs.flatMap((one) => [...one.data]);
  return tensor([data.length], data);
}

/** What Python computed: of a layer that the page does not know, and for its examples only. */
function givenOutput({ name, computation }, example) {
  if (example < 0) throw new Error(`The layer "${name}" is known for the examples only.`);
  return computation.outputs[example];
}

/** Carry the loss' gradient back through all layers. */
export function backward(network, pass, labels) {
  const { outputs, value } = compareAll(network, pass, labels);
  const starts = outputs.filter(Boolean);
  const fused = starts.filter(({ dsum }) => dsum).map(({ layer }) => layer);
  return { loss: value, labels, fused, ...backThrough(network, pass, starts) };
}

/** Carry any gradient of the last output back: for networks without a loss. */
export function backwardFrom(network, pass, dy) {
  const layer = network.layers.length - 1;
  const doutput = reshaped(dy, pass.outputs[layer].shape);
  return { loss: null, labels: null, fused: [], ...backThrough(network, pass, [{ layer, doutput, dsum: null }]) };
}

function backThrough(network, pass, starts) {
  const { layers } = network;
  const gradients = { outputs: pass.outputs.map(({ shape }) => zeros(shape)), sums: [], inputs: [], weights: [] };
  for (const { layer, doutput } of starts) {
    doutput.data.forEach((value, at) => (gradients.outputs[layer].data[at] += value));
  }
  gradients.image = zeros(network.inputShape);
  for (let position = layers.length - 1; position >= 0; position--) {
    const layer = layers[position];
    const dy = gradients.outputs[position];
    const dz =
      starts.find((one) => one.layer === position)?.dsum ??
      activateBackward(layer.activation, dy, pass.sums[position], pass.outputs[position]);
    const { input, weights } = arithmeticOf(layer).backward(layer, pass.inputs[position], dz);
    gradients.sums[position] = dz;
    gradients.inputs[position] = input;
    gradients.weights[position] = weights;
    sendBack(layer, input, (place) => (place < 0 ? gradients.image : gradients.outputs[place]));
  }
  gradients.weights = layers.map((layer) => weightGradients(layers, layer, gradients.weights));
  return gradients;
}

/** Add the gradient of a layer's inputs to those of the layers that they came from. */
function sendBack({ from }, input, gradientOf) {
  let start = 0;
  for (const place of from) {
    const { data } = gradientOf(place);
    data.forEach((_, at) => (data[at] += input.data[start + at]));
    start += data.length;
  }
}

/** The gradients of the weights that training changes, of all calls, with the regularizers' share. */
function weightGradients(layers, layer, found) {
  const calls = found.filter((_, position) => layers[position].shared === layer.shared);
  return Object.fromEntries(
    layer.trainable.map((name) => {
      if (calls.length === 1 && !layer.penalties[name]) return [name, calls[0][name]];
      const gradientAt = (weight, at) =>
        calls.reduce((sum, one) => sum + one[name].data[at], penaltyGradient(layer, name, weight));
      return [name, mapped(layer.weights[name], gradientAt)];
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
