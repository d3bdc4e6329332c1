/**
 * 2-D convolution (cross-correlation): every filter slides over the image.
 *
 *     y[r, c, f] = Σᵢⱼₖ x[r·s + i·d − p, c·s + j·d − p, k] · kernel[i, j, k, f] + bias[f]
 *
 * with stride s, dilation d and p cells of padding before the image. As `minicnn.ops.reference.convolution`.
 */

import { kernelBackward, kernelForward } from "#page/arithmetic/kernel_layer.js";
import { at } from "#page/arithmetic/tensor.js";
import { biasTerms, inputTerm, outputTerm, weightTerm } from "#page/arithmetic/terms.js";
import { cellUnder, isInside, outputSize, positionsOver } from "#page/arithmetic/windows.js";

export function forward(layer, x) {
  return kernelForward(layer, x, connections);
}

export function backward(layer, x, dy) {
  return kernelBackward(layer, x, dy, connections);
}

/** The window, the filter and their products, in the kernel's order. */
export function outputTerms(layer, x, [row, column, filter]) {
  const [down, across] = axesOf(layer);
  const [kernelHeight, kernelWidth, groupChannels] = layer.weights.kernel.shape;
  const first = firstChannel(layer, filter);
  const terms = [];
  for (let i = 0; i < kernelHeight; i++) {
    for (let j = 0; j < kernelWidth; j++) {
      for (let k = 0; k < groupChannels; k++) {
        const from = inImage(down, across, [row, column], [i, j], first + k);
        const weight = [i, j, k, filter];
        terms.push(outputTerm(x, from, at(layer.weights.kernel, weight), weight));
      }
    }
  }
  return { terms, bias: layer.weights.bias ? layer.weights.bias.data[filter] : null };
}

/** The outputs whose windows lay over this cell, and the weights they saw it through. */
export function inputTerms(layer, x, dy, [row, column, channel]) {
  const { kernel } = layer.weights;
  const [down, across] = axesOf(layer);
  const [, , groupChannels, filters] = kernel.shape;
  const perGroup = filters / groupsOf(layer);
  const firstFilter = Math.floor(channel / groupChannels) * perGroup;
  const terms = [];
  for (const { position: r, tap: i } of positionsOver(down, row)) {
    for (const { position: c, tap: j } of positionsOver(across, column)) {
      for (let filter = firstFilter; filter < firstFilter + perGroup; filter++) {
        const weight = [i, j, channel % groupChannels, filter];
        terms.push(inputTerm(dy, [r, c, filter], at(kernel, weight), weight));
      }
    }
  }
  return terms;
}

/** Every position of the filter: what lay under this weight, times the output's gradient. */
export function weightTerms(layer, x, dy, name, index) {
  if (name === "bias") {
    return biasTerms(dy, index[0]);
  }
  const [i, j, k, filter] = index;
  const [down, across] = axesOf(layer);
  const channel = firstChannel(layer, filter) + k;
  const terms = [];
  for (let row = 0; row < down.size; row++) {
    for (let column = 0; column < across.size; column++) {
      const from = inImage(down, across, [row, column], [i, j], channel);
      terms.push(weightTerm(x, from, dy, [row, column, filter]));
    }
  }
  return terms;
}

/** Every meeting of an input with the weights of all filters of its group; padding adds nothing. */
function connections(layer, x, visit) {
  const [, width, channels] = x.shape;
  const [kernelHeight, kernelWidth, groupChannels, filters] = layer.weights.kernel.shape;
  const perGroup = filters / groupsOf(layer);
  forEachCell(axesOf(layer), kernelHeight, kernelWidth, (position, row, column, window) => {
    for (let channel = 0; channel < channels; channel++) {
      const firstFilter = Math.floor(channel / groupChannels) * perGroup;
      const input = (row * width + column) * channels + channel;
      const weight = (window * groupChannels + (channel % groupChannels)) * filters + firstFilter;
      visit(input, weight, position * filters + firstFilter, perGroup);
    }
  });
}

/** Every cell of the image under every position's window. */
function forEachCell([down, across], kernelHeight, kernelWidth, visit) {
  for (let position = 0; position < down.size * across.size; position++) {
    for (let window = 0; window < kernelHeight * kernelWidth; window++) {
      const row = cellUnder(
        down,
        Math.floor(position / across.size),
        Math.floor(window / kernelWidth),
      );
      const column = cellUnder(across, position % across.size, window % kernelWidth);
      if (isInside(down, row) && isInside(across, column)) {
        visit(position, row, column, window);
      }
    }
  }
}

function axesOf({ inputShape, weights, computation }) {
  const { strides, padding, dilationRate: dilation } = computation;
  return [0, 1].map((axis) =>
    outputSize(
      inputShape[axis],
      weights.kernel.shape[axis],
      strides[axis],
      padding,
      dilation[axis],
    ),
  );
}

function groupsOf(layer) {
  return layer.computation.groups;
}

/** The first channel that a filter sees: its group's. */
function firstChannel(layer, filter) {
  const [, , groupChannels, filters] = layer.weights.kernel.shape;
  return Math.floor(filter / (filters / groupsOf(layer))) * groupChannels;
}

/** The index of the cell under a tap of the window at a position, or null where it is padding. */
function inImage(down, across, [r, c], [i, j], channel) {
  const [row, column] = [cellUnder(down, r, i), cellUnder(across, c, j)];
  return isInside(down, row) && isInside(across, column) ? [row, column, channel] : null;
}
