/**
 * A number as the sum that made it, its terms laid out as the windows and maps that they come from.
 *
 * @typedef {object} Term
 * @property {number[]} factors - one or two
 * @property {number} product
 * @property {boolean} [padding] - a cell outside the image
 * @property {boolean} [won] - the cell that a max pooling passes on; false: one that it does not
 * @property {{layer: number, index: number[]} | null} link - the cell that the first factor stands in
 *
 * @typedef {object} Group
 * @property {number} name - of the map, or a number that stands for map and layer
 * @property {number} map
 * @property {number} source - the layer whose map it is; -1: the image
 * @property {number} rows
 * @property {number} columns
 * @property {(Term | null)[]} terms - row by row; null: nothing there
 * @property {number} total - of the products
 *
 * @typedef {object} Sum
 * @property {string[]} heads - keys of the texts over the factors, and over the products
 * @property {Group[]} groups
 * @property {object | null} pixels - the input whose pixels the first factors are
 * @property {object | null} explanation - of the arithmetic; null: no layer reads the cell
 */

import { cellBefore, explainCell, explainOutput, explainSum, explainWeight } from "#page/arithmetic/network.js";
import { inputAt, inputLayoutOf, layoutOf } from "#page/view/layouts.js";

/** What the factors of a family's terms are called. */
const FACTORS = {
  convolution: ["sum.window", "sum.filter"],
  dense: ["sum.inputs", "sum.weights"],
  elementwise: ["sum.inputs", "sum.scale"],
  index_map: ["sum.window", "sum.share"],
  learnt_slopes: ["sum.inputs", "sum.scale"],
  maximum: ["sum.window", "sum.winner"],
  minimum: ["sum.inputs", "sum.winner"],
  normalization: ["sum.inputs", "sum.scale"],
  product: ["sum.inputs", "sum.others"],
  sum: ["sum.inputs", "sum.share"],
};

const MAPS = 1e6; // more than any layer has

/** Explain a cell of a layer's output. @returns {Sum} */
export function forwardSum({ network, pass }, layer, index) {
  const explanation = explainOutput(network, pass, layer, index);
  const heads = headsOf(network.layers[layer]);
  const terms = explanation.terms.map((term) => ({
    ...term,
    factors: heads.length === 1 ? [term.input] : [term.input, term.weight],
    link: term.from && { ...cellBefore(network, layer, term.from), direction: "forward" },
  }));
  const first = terms.find(({ link }) => link)?.link;
  const source = first?.layer ?? network.layers[layer].from[0];
  const where = placesInSum(network, layer, index, first?.index);
  const groups = arrange(terms, terms.map(where), (map) => ({ source, map }));
  return { heads, groups, pixels: inputAt(network, source), explanation };
}

/** A number that is only passed on is one term with the factor 1, and nothing added. */
function headsOf({ family, computation }) {
  const { terms = 1, factors = null, scale = 1, offset = 0 } = computation;
  const passes = {
    sum: terms === 1,
    activation: true,
    elementwise: scale === 1 && offset === 0,
    index_map: terms === 1 && !factors,
  };
  return passes[family] ? ["sum.passed"] : [...FACTORS[family], "sum.products"];
}

/** Return where the terms of an output lie: as in the window, or as in the maps before. */
function placesInSum(network, layer, index, first) {
  const { family, computation, weights } = network.layers[layer];
  if (family === "convolution") {
    const [, columns, channels, filters] = weights.kernel.shape;
    const start = channels * Math.floor(index[2] / (filters / computation.groups));
    return (_, term) => {
      const cell = Math.floor(term / channels);
      return [Math.floor(cell / columns), cell % columns, start + (term % channels)];
    };
  }
  if (family === "dense") {
    const layout = inputLayoutOf(network, layer);
    return (term) => layout.place([term.link.index.at(-1)]);
  }
  const map = first?.[2] ?? index[2] ?? 0;
  const columns = computation.window?.[1] ?? Infinity;
  return (_, term) => [Math.floor(term / columns), term % columns, map];
}

/**
 * Explain ∂loss/∂(a cell): which outputs of the next layer it reached, and through which weights; in `slope` how
 * the gradient went on through the activation.
 */
export function cellGradientSum({ network, pass, gradients }, layer, index) {
  const slope = layer < 0 ? null : explainSum(network, pass, gradients(), layer, index);
  const explanation = explainCell(network, pass, gradients(), layer, index);
  if (explanation.terms.length === 0) return { heads: [], groups: [], pixels: null, explanation: null, slope };
  const terms = explanation.terms.map((term) => ({
    ...term,
    factors: [term.gradient, term.weight],
    link: { layer: term.layer, index: term.to, direction: "backward" },
  }));
  const places = terms.map(({ layer: reader, to }) => {
    const [row, column, map] = layoutOf(network, reader).place(to);
    return [row, column, reader * MAPS + map];
  });
  const groups = arrange(terms, places, (name) => ({ source: Math.floor(name / MAPS), map: name % MAPS }));
  return { heads: ["sum.gradients", "sum.weights", "sum.products"], groups, pixels: null, explanation, slope };
}

/** Explain ∂loss/∂(a weight): which inputs it met, and what became of the outputs. @returns {Sum} */
export function weightGradientSum({ network, pass, gradients }, layer, name, index) {
  const explanation = explainWeight(network, pass, gradients(), layer, name, index);
  const alone = name === "bias" || name === "beta"; // the input is 1
  const terms = explanation.terms.map((term) => ({
    ...term,
    factors: alone ? [term.gradient] : [term.input, term.gradient],
    link:
      alone || !term.from
        ? { layer: term.layer, index: term.to, direction: "backward" }
        : { ...cellBefore(network, term.layer, term.from), direction: "forward" },
  }));
  // Of a layer that is called twice, one call below the other.
  const places = terms.map((term) => {
    const [row, column, map] = layoutOf(network, term.layer).place(term.to);
    return [row + MAPS * term.layer, column, map];
  });
  const [source] = network.layers[layer].from;
  return {
    heads: alone ? ["sum.gradients"] : ["sum.inputs", "sum.gradients", "sum.products"],
    groups: arrange(terms, places, (map) => ({ source, map })),
    pixels: alone ? null : inputAt(network, source),
    explanation,
  };
}

/**
 * Lay terms out. A place is row, column and group, in any numbers that grow: what nothing stands in is left out.
 * `whose(group)` says the layer and the map. @returns {Group[]}
 */
function arrange(terms, places, whose) {
  const [rows, columns, groups] = [0, 1, 2].map((axis) => ranks(places.map((place) => place[axis])));
  const made = Array.from(groups.keys(), (name) => ({
    name,
    ...whose(name),
    rows: rows.size,
    columns: columns.size,
    terms: new Array(rows.size * columns.size).fill(null),
    total: 0,
  }));
  terms.forEach((term, number) => {
    const [row, column, name] = places[number];
    const group = made[groups.get(name)];
    group.terms[rows.get(row) * columns.size + columns.get(column)] = term;
    group.total += term.product;
  });
  return made;
}

/** Return the different numbers, in order, with their ranks. */
function ranks(numbers) {
  const different = [...new Set(numbers)].sort((a, b) => a - b);
  return new Map(different.map((value, rank) => [value, rank]));
}

/** Return the place of the group that is open: the chosen one, else the one that says most. */
export function openGroup({ group }, { groups }) {
  const chosen = groups.findIndex(({ name }) => name === group);
  if (chosen >= 0) return chosen;
  return groups.reduce((best, { total }, place) => (Math.abs(total) > Math.abs(groups[best].total) ? place : best), 0);
}
