/**
 * 2-D convolution (cross-correlation): every filter slides over the image.
 *
 *     y[r, c, f] = Σᵢⱼₖ x[r·s + i·d − p, c·s + j·d − p, k] · kernel[i, j, k, f] + bias[f]
 *
 * with stride s, dilation d and p cells of padding before the image. As `minicnn.ops.reference.convolution`.
 */

import { kernelLayer } from "#page/arithmetic/kernel_layer.js";
import { at } from "#page/arithmetic/tensor.js";
import { biasTerms, inputTerm, outputTerm, weightTerm } from "#page/arithmetic/terms.js";
import { cellUnder, isInside, meetings, outputSize } from "#page/arithmetic/windows.js";

export const { forward, backward, weightTerms } = kernelLayer(connections, kernelTerms);

/** The window, the filter and their products, in the kernel's order. */
export function outputTerms(layer, x, [row, column, filter]) {
  const { kernel, bias } = layer.weights;
  const axes = axesOf(layer);
  const first = firstChannel(layer, filter);
  const terms = [];
  for (let i = 0; i < kernel.shape[0]; i++) {
    for (let j = 0; j < kernel.shape[1]; j++) {
      for (let k = 0; k < kernel.shape[2]; k++) {
        const weight = [i, j, k, filter];
        terms.push(outputTerm(x, inImage(axes, [row, column], weight, first + k), at(kernel, weight), weight));
      }
    }
  }
  return { terms, bias: bias?.data[filter] ?? null };
}

/** The outputs whose windows lay over this cell, and the weights they saw it through. */
export function inputTerms(layer, x, dy, [row, column, channel]) {
  const { kernel } = layer.weights;
  const groupChannels = kernel.shape[2];
  const perGroup = filtersOfGroup(layer);
  const first = Math.floor(channel / groupChannels) * perGroup;
  const [down, across] = axesOf(layer);
  const terms = [];
  for (const { position: r, tap: i } of meetings(down).filter(({ cell }) => cell === row)) {
    for (const { position: c, tap: j } of meetings(across).filter(({ cell }) => cell === column)) {
      for (let filter = first; filter < first + perGroup; filter++) {
        const weight = [i, j, channel % groupChannels, filter];
        terms.push(inputTerm(dy, [r, c, filter], at(kernel, weight), weight));
      }
    }
  }
  return terms;
}

/** Every position of the filter: what lay under this weight, times the output's gradient. */
function kernelTerms(layer, x, dy, index) {
  const [, , k, filter] = index;
  const axes = axesOf(layer);
  const channel = firstChannel(layer, filter) + k;
  return biasTerms(dy, filter).map(({ to }) => weightTerm(x, inImage(axes, to, index, channel), dy, to));
}

/** Every meeting of an input with the weights of all filters of its group; padding adds nothing. */
function connections(layer, x, visit) {
  const [, width, channels] = x.shape;
  const [, kernelWidth, groupChannels, filters] = layer.weights.kernel.shape;
  const perGroup = filtersOfGroup(layer);
  const [down, across] = axesOf(layer);
  const columns = meetings(across);
  for (const { position: r, tap: i, cell: row } of meetings(down)) {
    for (const { position: c, tap: j, cell: column } of columns) {
      for (let channel = 0; channel < channels; channel++) {
        const first = Math.floor(channel / groupChannels) * perGroup;
        const weight = ((i * kernelWidth + j) * groupChannels + (channel % groupChannels)) * filters + first;
        const output = (r * across.size + c) * filters + first;
        visit((row * width + column) * channels + channel, weight, output, perGroup);
      }
    }
  }
}

/** The image's two axes under the window. */
export function axesOf({ inputShape, weights: { kernel }, computation }) {
  const { strides, padding, dilationRate } = computation;
  return [0, 1].map((axis) =>
    outputSize(inputShape[axis], kernel.shape[axis], strides[axis], padding, dilationRate[axis]),
  );
}

function filtersOfGroup({ weights, computation }) {
  return weights.kernel.shape[3] / computation.groups;
}

/** The first channel that a filter sees: its group's. */
function firstChannel(layer, filter) {
  return Math.floor(filter / filtersOfGroup(layer)) * layer.weights.kernel.shape[2];
}

/** The index of the cell under a tap of the window at a position, or null where it is padding. */
function inImage([down, across], [r, c], [i, j], channel) {
  const [row, column] = [cellUnder(down, r, i), cellUnder(across, c, j)];
  return isInside(down, row) && isInside(across, column) ? [row, column, channel] : null;
}
