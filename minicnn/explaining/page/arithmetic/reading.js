/** A network from JSON: names and configs as they came, numbers from base64. */

import { axesOf } from "#page/arithmetic/convolution.js";
import { OPTIMIZERS } from "#page/arithmetic/optimizers.js";
import { each, sizeOf, tensor } from "#page/arithmetic/tensor.js";

const FORMAT = 3;
const LISTS = { sources: Int32Array, indices: Int32Array, factors: Float64Array, offset: Float64Array };

export function readNetwork(json) {
  if (json.format !== FORMAT) {
    throw new Error(`The model's data have format ${json.format}; this page reads ${FORMAT}.`);
  }
  return {
    ...json,
    layers: json.layers.map((layer) => ({
      ...layer,
      computation: readComputation(layer.computation),
      weights: each(layer.weights, readTensor),
    })),
    learns: json.unknown === null && json.given.length === 0,
    examples: json.examples.map(({ labels, ...image }) => ({ image: readTensor(image), labels })),
    kept: readKept(json),
    leftOut: json.kept?.slots === null ? json.kept.bytes : 0,
  };
}

/** What the model's optimizer keeps from its training; null: nothing, or too much for a page. */
function readKept({ kept, optimizers: [own] }) {
  if (!kept?.slots) return null;
  const names = OPTIMIZERS[own.name].slots(own.arguments);
  const slotsOf = (arrays) => Object.fromEntries(names.map((name, at) => [name, readTensor(arrays[at]).data]));
  const slots = kept.slots.map((named) => each(named, slotsOf));
  return { arguments: own.arguments, step: kept.step, taken: 0, momentums: kept.momentums, slots };
}

/** The network at every snapshot of its training; the last is the network itself. */
export function trainedNetworks(network) {
  const { snapshots } = network.training;
  const before = snapshots.slice(0, -1).map(({ weights }) => ({
    ...network,
    kept: null,
    layers: network.layers.map((layer, at) => ({
      ...layer,
      weights: { ...layer.weights, ...each(weights[at], readTensor) },
    })),
  }));
  return [...before, network];
}

/** A network of one convolution, without a loss, for small examples. */
export function convolutionNetwork({ image, kernel, bias = null, activation = "linear", ...options }) {
  const [height, width, channels = 1, filters = 1] = kernel.shape;
  const inputShape = image.shape.length === 2 ? [...image.shape, 1] : image.shape;
  const layer = {
    name: "conv2d",
    kind: "Conv2D",
    family: "convolution",
    from: [-1],
    shared: 0,
    inputShape,
    computation: { strides: [1, 1], padding: "valid", dilationRate: [1, 1], groups: 1, ...options },
    activation: { name: activation, parameters: {} },
    trainable: bias ? ["kernel", "bias"] : ["kernel"],
    penalties: {},
    constraints: {},
    weights: { kernel: tensor([height, width, channels, filters], kernel.data), ...(bias && { bias }) },
  };
  layer.outputShape = [...axesOf(layer).map(({ size }) => size), filters];
  const inputs = [{ name: "image", layer: -1, shape: inputShape, picture: null, valueRange: null }];
  const none = { outputs: [], optimizers: [], examples: [], learns: false, kept: null };
  return { name: "convolution", inputShape, inputs, layers: [layer], ...none };
}

/** Lists in base64: int32 indices and float64 numbers; a given layer's outputs. */
function readComputation(computation) {
  const read = ([name, value]) => {
    if (name === "outputs") return [name, value.map(readTensor)];
    if (!value || !(name in LISTS)) return [name, value];
    return [name, Array.isArray(value) || typeof value === "number" ? value : new LISTS[name](bytesOf(value).buffer)];
  };
  return Object.fromEntries(Object.entries(computation).map(read));
}

/** A tensor from its shape and float32 numbers, little-endian, in base64. */
function readTensor({ shape, data }) {
  const bytes = bytesOf(data);
  if (bytes.length !== 4 * sizeOf(shape)) {
    throw new Error(`A tensor of shape [${shape}] has ${4 * sizeOf(shape)} bytes, got ${bytes.length}.`);
  }
  return tensor(shape, new Float32Array(bytes.buffer));
}

function bytesOf(base64) {
  const letters = atob(base64);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = letters.charCodeAt(at); // much faster than `from`
  return bytes;
}
