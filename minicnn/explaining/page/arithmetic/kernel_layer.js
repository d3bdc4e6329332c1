/**
 * What convolution and dense layer share: a kernel that multiplies, and a bias that is added.
 *
 * Both say who meets whom: `connections(layer, x, visit)` calls `visit(input, kernel, output, count)`
 * with offsets, where one input meets `count` neighbouring weights and goes to as many neighbouring
 * outputs. Forward and backward are the three ways to read this list:
 *
 *     y += x · kernel,    dkernel += x · dy,    dx += dy · kernel
 */

import { zeros } from "#page/arithmetic/tensor.js";
import { biasTerms } from "#page/arithmetic/terms.js";

/** The functions of such a family; `kernelTerms(layer, x, dy, index)` are those of a weight of the kernel. */
export const kernelLayer = (connections, kernelTerms) => ({
  /** Sums of inputs times weights, plus the bias. */
  forward(layer, x) {
    const { kernel, bias } = layer.weights;
    const y = zeros(layer.outputShape);
    const [inputs, weights, sums] = [x.data, kernel.data, y.data];
    if (bias) sums.forEach((_, offset) => (sums[offset] = bias.data[offset % bias.data.length]));
    connections(layer, x, (input, weight, output, count) => {
      const value = inputs[input];
      if (value === 0) return; // adds nothing: most cells behind a ReLU, and the ground of a drawing
      for (let next = 0; next < count; next++) sums[output + next] += value * weights[weight + next];
    });
    return y;
  },

  /** Gradients of input, kernel and bias, from ∂loss/∂sum. */
  backward(layer, x, dy) {
    const { kernel, bias } = layer.weights;
    const [dx, dkernel] = [zeros(x.shape), zeros(kernel.shape)];
    const [inputs, weights, gradients, dweights] = [x.data, kernel.data, dy.data, dkernel.data];
    connections(layer, x, (input, weight, output, count) => {
      const value = inputs[input];
      let sum = 0;
      for (let next = 0; next < count; next++) {
        const gradient = gradients[output + next];
        dweights[weight + next] += value * gradient;
        sum += gradient * weights[weight + next];
      }
      dx.data[input] += sum;
    });
    return { input: dx, weights: { kernel: dkernel, ...(bias && { bias: biasGradient(bias, dy) }) } };
  },

  weightTerms: (layer, x, dy, name, index) =>
    name === "bias" ? biasTerms(dy, index[0]) : kernelTerms(layer, x, dy, index),
});

function biasGradient(bias, dy) {
  const dbias = zeros(bias.shape);
  dy.data.forEach((gradient, offset) => (dbias.data[offset % dbias.data.length] += gradient));
  return dbias;
}
