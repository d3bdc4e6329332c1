/** The small example: the lecture's image and its two filters, of any size, and all numbers that follow. */

import {
  backwardFrom, convolutionNetwork, forward, outputSize, tensor, zeros,
} from "#page/arithmetic/network.js";

const LECTURE = [
  [1, 0, 0, 0, 0, 1],
  [0, 1, 0, 0, 1, 0],
  [0, 0, 1, 1, 0, 0],
  [1, 0, 0, 0, 1, 0],
  [0, 1, 0, 0, 1, 0],
  [0, 0, 1, 0, 1, 0],
];

/** The lecture's image, repeated if it is to be larger: a pixel of any row and column. */
export const pixelAt = (row, column) => LECTURE[row % LECTURE.length][column % LECTURE.length];

/** The lecture's filters, of any size: a diagonal and a line down the middle. */
export const FILTERS = {
  1: (row, column) => (row === column ? 1 : -1),
  2: (row, column, size) => (column === size >> 1 ? 1 : -1),
};

/**
 * Return the numbers of a square.
 *
 * @param {number} size - rows and columns
 * @param {(row: number, column: number, size: number) => number} valueAt
 * @returns {number[]}
 */
export function square(size, valueAt) {
  return Array.from({ length: size ** 2 }, (_, place) => valueAt(Math.floor(place / size), place % size, size));
}

/** What the layer behind sends back, cell after cell: small numbers, to check in one's head. */
const UPSTREAM = [1, 0, -1, 2, 0, 1, -1, 0, 2, -1, 0, 1];

/**
 * @typedef {object} Setting
 * @property {number} size - rows and columns of the image
 * @property {number} kernelSize - of the filter
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
export function slideOf({ size, kernelSize, image, kernel, stride, padding, dilation, step }) {
  const axis = outputSize(size, kernelSize, stride, padding, dilation);
  const x = tensor([size, size, 1], image);
  const network = convolutionNetwork({
    image: x,
    kernel: tensor([kernelSize, kernelSize], kernel),
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
