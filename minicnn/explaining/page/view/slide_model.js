/** The small example: the lecture's 6×6 image, its two filters, and all numbers that follow. */

import {
  backwardFrom, convolutionNetwork, forward, outputSize, tensor, zeros,
} from "#page/arithmetic/network.js";

/** Rows and columns of the image, and of a filter. */
export const SIZE = 6;
export const KERNEL = 3;

export const IMAGE = [
  1, 0, 0, 0, 0, 1,
  0, 1, 0, 0, 1, 0,
  0, 0, 1, 1, 0, 0,
  1, 0, 0, 0, 1, 0,
  0, 1, 0, 0, 1, 0,
  0, 0, 1, 0, 1, 0,
];

export const FILTERS = {
  1: [1, -1, -1, -1, 1, -1, -1, -1, 1],
  2: [-1, 1, -1, -1, 1, -1, -1, 1, -1],
};

/** What the layer behind sends back, cell after cell: small numbers, to check in one's head. */
const UPSTREAM = [1, 0, -1, 2, 0, 1, -1, 0, 2, -1, 0, 1];

/**
 * @typedef {object} Setting
 * @property {number[]} image
 * @property {number[]} kernel
 * @property {number} stride
 * @property {"valid" | "same"} padding
 * @property {number} dilation
 * @property {number} step - how far the filter has come
 */

/**
 * Calculate everything that is shown of a setting.
 *
 * @param {Setting} setting
 */
export function slideOf({ image, kernel, stride, padding, dilation, step }) {
  const axis = outputSize(SIZE, KERNEL, stride, padding, dilation);
  const x = tensor([SIZE, SIZE, 1], image);
  const network = convolutionNetwork({
    image: x,
    kernel: tensor([KERNEL, KERNEL], kernel),
    strides: [stride, stride],
    padding,
    dilationRate: [dilation, dilation],
  });
  const pass = forward(network, x);
  const shape = pass.outputs[0].shape;
  const upstream = tensor(shape, upstreamOf(axis.size ** 2));
  const soFar = zeros(shape);
  soFar.data.set(upstream.data.slice(0, step + 1));
  return {
    axis,
    network,
    pass,
    upstream,
    gradients: backwardFrom(network, pass, upstream),
    gradientsSoFar: backwardFrom(network, pass, soFar),
    position: [Math.floor(step / axis.size), step % axis.size],
  };
}

function upstreamOf(count) {
  return Array.from({ length: count }, (_, place) => UPSTREAM[place % UPSTREAM.length]);
}
