/**
 * The small example: the lecture's image and its two filters, of any size, and all numbers that follow.
 *
 * @typedef {object} Setting
 * @property {number} size - rows and columns of the image
 * @property {number} kernelSize - of the filter
 * @property {number[]} image
 * @property {number[]} kernel
 * @property {string} filter - of `FILTERS`, or "own"
 * @property {number} stride
 * @property {"valid" | "same"} padding
 * @property {number} dilation
 * @property {"forward" | "backward"} direction
 * @property {number} step - how far the filter has come
 * @property {{of: "kernel" | "image", index: number[]} | null} gradient - that is explained
 * @property {[string, number] | null} edited - the image or the kernel, and its cell
 */

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
const pixelAt = (row, column) => LECTURE[row % LECTURE.length][column % LECTURE.length];

/** The lecture's filters, of any size: a diagonal and a line down the middle. */
const FILTERS = {
  1: (row, column) => (row === column ? 1 : -1),
  2: (row, column, size) => (column === size >> 1 ? 1 : -1),
};
export const FILTER_NAMES = Object.keys(FILTERS);

/** What the layer behind sends back, cell after cell: small numbers, to check in one's head. */
const UPSTREAM = [1, 0, -1, 2, 0, 1, -1, 0, 2, -1, 0, 1];

/** @type {Setting} */
export const START = {
  size: 6, image: square(6, pixelAt), kernelSize: 3, kernel: square(3, FILTERS[1]), filter: "1",
  stride: 1, padding: "valid", dilation: 1,
  direction: "forward", step: 0, gradient: null, edited: null,
};

/** The numbers of a square, from what says one by row, column and size. */
function square(size, valueAt) {
  return Array.from({ length: size ** 2 }, (_, place) => valueAt(Math.floor(place / size), place % size, size));
}

/** The number of a square, or outside it another one. */
function kept(values, size, otherwise) {
  return (row, column) => (row < size && column < size ? values[row * size + column] : otherwise(row, column));
}

/** Return a part of a setting: one of the lecture's filters. */
export function withFilter({ kernelSize }, filter) {
  return { filter, kernel: square(kernelSize, FILTERS[filter]) };
}

/** Return a part of a setting: other sizes. Numbers inside both stay, and the filter fits into the image. */
export function withSizes(setting, sizes) {
  const next = { ...setting, ...sizes };
  const dilation = (next.kernelSize - 1) * setting.dilation < next.size ? setting.dilation : 1;
  const weightAt = FILTERS[setting.filter] ?? kept(setting.kernel, setting.kernelSize, () => 0);
  return {
    ...sizes, dilation, step: 0, edited: null,
    image: square(next.size, kept(setting.image, setting.size, pixelAt)),
    kernel: square(next.kernelSize, weightAt),
  };
}

/** Calculate everything that is shown of a setting. */
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
  const { shape } = pass.outputs[0];
  const upstream = zeros(shape);
  upstream.data.forEach((_, place) => (upstream.data[place] = UPSTREAM[place % UPSTREAM.length]));
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
