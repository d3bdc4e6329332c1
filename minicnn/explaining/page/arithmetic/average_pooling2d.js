/** Average pooling: the mean of every window's real cells; each gets an equal share of the gradient. */

import { forEachWindow, windowCells, windowsOver } from "#page/arithmetic/pooling.js";
import { zeros } from "#page/arithmetic/tensor.js";
import { inputTerm, outputTerm } from "#page/arithmetic/terms.js";

export function forward(layer, x) {
  const y = zeros(layer.outputShape);
  forEachWindow(layer, (output, cells) => {
    y.data[output] = cells.reduce((sum, cell) => sum + x.data[cell], 0) / cells.length;
  });
  return y;
}

export function backward(layer, x, dy) {
  const dx = zeros(x.shape);
  forEachWindow(layer, (output, cells) => {
    cells.forEach((cell) => (dx.data[cell] += dy.data[output] / cells.length));
  });
  return { input: dx, weights: {} };
}

export function outputTerms(layer, x, index) {
  const share = shareOf(layer, index);
  const terms = windowCells(layer, index).map((from) => outputTerm(x, from, from ? share : 0));
  return { terms, bias: null };
}

export function inputTerms(layer, x, dy, index) {
  return windowsOver(layer, index).map((to) => inputTerm(dy, to, shareOf(layer, to)));
}

/** One part of as many as the window has real cells. */
function shareOf(layer, index) {
  return 1 / windowCells(layer, index).filter((cell) => cell !== null).length;
}
