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

/**
 * Sums of inputs times weights, plus the bias.
 *
 * @returns {import("#page/arithmetic/tensor.js").Tensor} of the layer's output shape
 */
export function kernelForward(layer, x, connections) {
  const { kernel, bias } = layer.weights;
  const y = zeros(layer.outputShape);
  const [inputs, weights, sums] = [x.data, kernel.data, y.data];
  if (bias) {
    sums.forEach((_, offset) => (sums[offset] = bias.data[offset % bias.data.length]));
  }
  connections(layer, x, (input, weight, output, count) => {
    const value = inputs[input];
    if (value === 0) {
      return; // adds nothing: most cells behind a ReLU, and the ground of a drawing
    }
    for (let next = 0; next < count; next++) {
      sums[output + next] += value * weights[weight + next];
    }
  });
  return y;
}

/**
 * Gradients of input, kernel and bias.
 *
 * @param {import("#page/arithmetic/tensor.js").Tensor} dy  ∂loss/∂sum
 * @returns {{input: object, weights: object}}
 */
export function kernelBackward(layer, x, dy, connections) {
  const { kernel, bias } = layer.weights;
  const dx = zeros(x.shape);
  const dkernel = zeros(kernel.shape);
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
  return {
    input: dx,
    weights: bias ? { kernel: dkernel, bias: biasGradient(bias, dy) } : { kernel: dkernel },
  };
}

function biasGradient(bias, dy) {
  const dbias = zeros(bias.shape);
  dy.data.forEach((gradient, offset) => (dbias.data[offset % dbias.data.length] += gradient));
  return dbias;
}
