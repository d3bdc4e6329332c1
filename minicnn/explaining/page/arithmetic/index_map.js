/**
 * Layers whose outputs are a few inputs each: their weighted sum, or the largest of them.
 *
 * Python lists the inputs (`minicnn.layers.description.IndexMap`): an example is rows of `inner` numbers,
 * `sources` says which `terms` rows make each output row; −1 is padding. null: each row stays in place.
 * A maximum sends its gradient to the first of equals, with `allWinners` to each an equal share.
 */

import { indexOf, offsetOf, reshaped, zeros } from "#page/arithmetic/tensor.js";
import { inputTerm, outputTerm } from "#page/arithmetic/terms.js";

export function forward(layer, x) {
  const { sources, inner } = layer.computation;
  if (!sources) {
    return reshaped(x, layer.outputShape);
  }
  const y = zeros(layer.outputShape);
  const isMaximum = layer.family === "maximum";
  if (isMaximum) {
    y.data.fill(-Infinity);
  }
  forEachTerm(layer, (position, row, factor) => {
    for (let i = 0; i < inner; i++) {
      const value = x.data[row * inner + i];
      const output = position * inner + i;
      y.data[output] = isMaximum ? Math.max(y.data[output], value) : y.data[output] + factor * value;
    }
  });
  return y;
}

export function backward(layer, x, dy) {
  const { sources, inner } = layer.computation;
  if (!sources) {
    return { input: reshaped(dy, x.shape), weights: {} };
  }
  const dx = zeros(x.shape);
  if (layer.family === "maximum") {
    dy.data.forEach((gradient, output) => {
      const winners = winnersOf(layer, x, output);
      winners.forEach((cell) => (dx.data[cell] += gradient / winners.length));
    });
  } else {
    forEachTerm(layer, (position, row, factor) => {
      for (let i = 0; i < inner; i++) {
        dx.data[row * inner + i] += factor * dy.data[position * inner + i];
      }
    });
  }
  return { input: dx, weights: {} };
}

export function outputTerms(layer, x, index) {
  const output = offsetOf(layer.outputShape, index);
  const isMaximum = layer.family === "maximum";
  const winner = isMaximum ? winnersOf(layer, x, output)[0] : null;
  const terms = cellsOf(layer, output).map(({ cell, factor }) => {
    const from = cell === null ? null : indexOf(layer.inputShape, cell);
    const won = cell !== null && cell === winner;
    return isMaximum
      ? outputTerm(x, from, Number(won), null, { won })
      : outputTerm(x, from, factor);
  });
  return { terms, bias: null };
}

export function inputTerms(layer, x, dy, index) {
  const cell = offsetOf(layer.inputShape, index);
  const { inner } = layer.computation;
  const terms = [];
  forEachTerm(layer, (position, row, factor) => {
    if (row !== Math.floor(cell / inner)) {
      return;
    }
    const output = position * inner + (cell % inner);
    const to = indexOf(layer.outputShape, output);
    if (layer.family !== "maximum") {
      terms.push(inputTerm(dy, to, factor));
      return;
    }
    const winners = winnersOf(layer, x, output);
    const won = winners.includes(cell);
    terms.push(inputTerm(dy, to, won ? 1 / winners.length : 0, null, { won }));
  });
  return terms;
}

/** Call `visit(position, row, factor)` for every term that is not padding. */
function forEachTerm({ inputShape, computation }, visit) {
  const { sources, factors, terms, inner } = computation;
  const count = sources?.length ?? inputShape.reduce((all, size) => all * size, 1) / inner;
  for (let term = 0; term < count; term++) {
    const row = sources ? sources[term] : term;
    if (row >= 0) {
      visit(Math.floor(term / terms), row, factors ? factors[term] : 1);
    }
  }
}

/** The cells of an output's terms as offsets of the input, null where it is padding, with factors. */
function cellsOf({ computation }, output) {
  const { sources, factors, terms, inner } = computation;
  const first = Math.floor(output / inner) * terms;
  return Array.from({ length: terms }, (_, term) => {
    const row = sources ? sources[first + term] : first + term;
    return {
      cell: row < 0 ? null : row * inner + (output % inner),
      factor: factors ? factors[first + term] : 1,
    };
  });
}

/** The offsets that a maximum's gradient goes to. */
function winnersOf(layer, x, output) {
  const cells = cellsOf(layer, output).flatMap(({ cell }) => (cell === null ? [] : [cell]));
  const best = cells.reduce((one, cell) => (x.data[cell] > x.data[one] ? cell : one));
  const { allWinners } = layer.computation;
  return allWinners ? cells.filter((cell) => x.data[cell] === x.data[best]) : [best];
}
