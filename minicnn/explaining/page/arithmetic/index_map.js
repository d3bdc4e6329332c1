/**
 * Layers whose outputs are a few inputs each: their weighted sum, the largest, the smallest, or the product.
 *
 * Python lists the inputs (`minicnn.layers.description.IndexMap`): an example is rows of `inner` numbers,
 * `sources` says which `terms` rows make each output row; −1 is padding. null: each row stays in place.
 * A maximum sends its gradient to the first of equals, with `allWinners` to each an equal share.
 * Several inputs are one flat tensor.
 */

import { indexOf, offsetOf, reshaped, sizeOf, zeros } from "#page/arithmetic/tensor.js";
import { inputTerm, outputTerm } from "#page/arithmetic/terms.js";

/** What is no weighted sum: where it begins, and how a number changes it. */
const OTHERS = {
  maximum: [-Infinity, Math.max],
  minimum: [Infinity, Math.min],
  product: [1, (one, other) => one * other],
};

export function forward(layer, x) {
  const { sources, inner, offset } = layer.computation;
  if (!sources) return reshaped(x, layer.outputShape);
  const y = zeros(layer.outputShape);
  const [start, join] = OTHERS[layer.family] ?? [0, null];
  y.data.fill(start);
  if (offset) y.data.forEach((_, output) => (y.data[output] = offset[Math.floor(output / inner)]));
  forEachTerm(layer, (position, row, factor) => {
    for (let i = 0; i < inner; i++) {
      const value = x.data[row * inner + i];
      const output = position * inner + i;
      y.data[output] = join ? join(y.data[output], value) : y.data[output] + factor * value;
    }
  });
  return y;
}

export function backward(layer, x, dy) {
  const { sources, inner, allWinners } = layer.computation;
  if (!sources) return { input: reshaped(dy, x.shape), weights: {} };
  const dx = zeros(x.shape);
  if (!(layer.family in OTHERS)) {
    forEachTerm(layer, (position, row, factor) => {
      for (let i = 0; i < inner; i++) dx.data[row * inner + i] += factor * dy.data[position * inner + i];
    });
  } else if (layer.family === "product" || allWinners) {
    dy.data.forEach((gradient, output) => {
      for (const { cell, slope } of slopesOf(layer, x, output)) if (slope !== 0) dx.data[cell] += slope * gradient;
    });
  } else {
    dy.data.forEach((gradient, output) => (dx.data[winnerOf(layer, x, output)] += gradient)); // the much faster way
  }
  return { input: dx, weights: {} };
}

export function outputTerms(layer, x, index) {
  const output = offsetOf(layer.outputShape, index);
  const cells = cellsOf(layer, output);
  const from = (cell) => (cell === null ? null : indexOf(layer.inputShape, cell));
  if (layer.family === "product") {
    const [{ cell, slope }] = slopesOf(layer, x, output);
    return { terms: [outputTerm(x, from(cell), slope)], bias: null };
  }
  if (layer.family in OTHERS) {
    const winner = slopesOf(layer, x, output).find(({ won }) => won)?.cell;
    const termOf = (cell) => outputTerm(x, from(cell), Number(cell === winner), null, { won: cell === winner });
    return { terms: cells.map(({ cell }) => termOf(cell)), bias: null };
  }
  const { offset, inner } = layer.computation;
  const terms = cells.map(({ cell, factor }) => outputTerm(x, from(cell), factor));
  return { terms, bias: offset ? offset[Math.floor(output / inner)] : null };
}

export function inputTerms(layer, x, dy, index) {
  const cell = offsetOf(layer.inputShape, index);
  const { inner } = layer.computation;
  const terms = [];
  forEachTerm(layer, (position, row, factor) => {
    if (row !== Math.floor(cell / inner)) return;
    const output = position * inner + (cell % inner);
    const to = indexOf(layer.outputShape, output);
    if (layer.family in OTHERS) {
      const { slope, won } = slopesOf(layer, x, output).find((one) => one.cell === cell);
      terms.push(inputTerm(dy, to, slope, null, { won }));
    } else terms.push(inputTerm(dy, to, factor));
  });
  return terms;
}

/** Call `visit(position, row, factor)` for every term that is not padding. */
function forEachTerm({ inputShape, computation }, visit) {
  const { sources, factors, terms, inner } = computation;
  const count = sources?.length ?? sizeOf(inputShape) / inner;
  for (let term = 0; term < count; term++) {
    const row = sources ? sources[term] : term;
    if (row >= 0) visit(Math.floor(term / terms), row, factors ? factors[term] : 1);
  }
}

/** The cells of an output's terms as offsets of the input, null where it is padding, with factors. */
function cellsOf({ computation }, output) {
  const { sources, factors, terms, inner } = computation;
  const first = Math.floor(output / inner) * terms;
  return Array.from({ length: terms }, (_, term) => {
    const row = sources ? sources[first + term] : first + term;
    const factor = factors ? factors[first + term] : 1;
    return { cell: row < 0 ? null : row * inner + (output % inner), factor };
  });
}

/** The first of an output's cells that is the largest or the smallest. */
function winnerOf({ family, computation: { sources, terms, inner } }, { data }, output) {
  const join = OTHERS[family][1];
  const first = Math.floor(output / inner) * terms;
  let best = -1;
  for (let term = first; term < first + terms; term++) {
    const cell = sources[term] * inner + (output % inner);
    if (sources[term] >= 0 && (best < 0 || join(data[cell], data[best]) !== data[best])) best = cell;
  }
  return best;
}

/** ∂output/∂(each of its cells): of a product the other factors, of a maximum the winner's 1. */
function slopesOf(layer, x, output) {
  const cells = cellsOf(layer, output).map(({ cell }) => cell).filter((cell) => cell !== null);
  const [start, join] = OTHERS[layer.family];
  const joined = (some) => some.reduce((all, cell) => join(all, x.data[cell]), start);
  if (layer.family === "product") {
    return cells.map((cell, at) => ({ cell, slope: joined(cells.filter((_, other) => other !== at)) }));
  }
  const best = joined(cells);
  const all = cells.filter((cell) => x.data[cell] === best);
  const winners = layer.computation.allWinners ? all : all.slice(0, 1);
  return cells.map((cell) => {
    const won = winners.includes(cell);
    return { cell, won, slope: won ? 1 / winners.length : 0 };
  });
}
