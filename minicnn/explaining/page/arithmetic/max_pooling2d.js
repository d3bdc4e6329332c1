/**
 * Max pooling: the largest cell of every window is passed on, and the gradient goes back to it.
 *
 * Of equals the first wins. Where one window is the whole image (global pooling), equals share the
 * gradient, as in Keras.
 */

import { forEachWindow, windowCells, windowsOver } from "#page/arithmetic/pooling.js";
import { offsetOf, zeros } from "#page/arithmetic/tensor.js";
import { inputTerm, outputTerm } from "#page/arithmetic/terms.js";

export function forward(layer, x) {
  const y = zeros(layer.outputShape);
  forEachWindow(layer, (output, cells) => (y.data[output] = x.data[winner(x, cells)]));
  return y;
}

export function backward(layer, x, dy) {
  const dx = zeros(x.shape);
  forEachWindow(layer, (output, cells) => {
    const receivers = gradientReceivers(layer, x, cells);
    receivers.forEach((cell) => (dx.data[cell] += dy.data[output] / receivers.length));
  });
  return { input: dx, weights: {} };
}

export function outputTerms(layer, x, index) {
  const cells = windowCells(layer, index);
  const winning = winner(x, offsetsOf(x, cells));
  const terms = cells.map((from) => {
    const won = from !== null && offsetOf(x.shape, from) === winning;
    return outputTerm(x, from, won ? 1 : 0, null, { won });
  });
  return { terms, bias: null };
}

export function inputTerms(layer, x, dy, index) {
  const cell = offsetOf(x.shape, index);
  return windowsOver(layer, index).map((to) => {
    const receivers = gradientReceivers(layer, x, offsetsOf(x, windowCells(layer, to)));
    const won = receivers.includes(cell);
    return inputTerm(dy, to, won ? 1 / receivers.length : 0, null, { won });
  });
}

/** The offset of the largest cell, the first of equals. */
function winner(x, cells) {
  return cells.reduce((best, cell) => (x.data[cell] > x.data[best] ? cell : best));
}

/** The offsets of the cells that a window's gradient goes to. */
function gradientReceivers(layer, x, cells) {
  const best = winner(x, cells);
  return layer.kind.startsWith("Global")
    ? cells.filter((cell) => x.data[cell] === x.data[best])
    : [best];
}

function offsetsOf(x, cells) {
  return cells.filter((cell) => cell !== null).map((cell) => offsetOf(x.shape, cell));
}
