/** An output as the sum that made it, ready to be shown. */

import { cellBefore, explainOutput } from "#page/arithmetic/network.js";
import { arrange } from "#page/view/arrange.js";
import { inputAt, inputLayoutOf } from "#page/view/layouts.js";

/**
 * @typedef {object} Sum
 * @property {string[]} heads - keys of the texts over the factors, and over the products
 * @property {import("#page/view/arrange.js").Group[]} groups
 * @property {object | null} pixels - the input whose pixels the first factors are
 * @property {object} explanation - of the arithmetic
 */

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

/** The head of a number that is only passed on: one term with the factor 1, and nothing added. */
const PASSED_ON = ["sum.passed"];

/**
 * Explain a cell of a layer's output.
 *
 * @param {import("#page/view/calculation.js").Calculation} calculation
 * @param {number} layer
 * @param {number[]} index
 * @returns {Sum}
 */
export function forwardSum({ network, pass }, layer, index) {
  const explanation = explainOutput(network, pass, layer, index);
  const heads = headsOf(network.layers[layer]);
  const terms = explanation.terms.map((term) => ({
    factors: heads === PASSED_ON ? [term.input] : [term.input, term.weight],
    product: term.product,
    padding: term.padding,
    won: term.won,
    link: term.from && { ...cellBefore(network, layer, term.from), direction: "forward" },
  }));
  const where = placesInSum(network.layers[layer], terms, network, layer, index);
  const source = terms.find(({ link }) => link)?.link.layer ?? network.layers[layer].from[0];
  const groups = arrange(terms, where, (map) => ({ source, map }));
  return { heads, groups, pixels: inputAt(network, source), explanation };
}

function headsOf({ family, computation }) {
  const { terms = 1, factors = null, scale = 1, offset = 0 } = computation;
  const passes = {
    sum: terms === 1,
    activation: true,
    elementwise: scale === 1 && offset === 0,
    index_map: terms === 1 && !factors,
  };
  return passes[family] ? PASSED_ON : [...FACTORS[family], "sum.products"];
}

/** Return where the terms of an output lie: as in the window, or as in the maps before. */
function placesInSum({ family, computation, weights }, explained, network, layer, index) {
  if (family === "convolution") {
    const [, columns, channels, filters] = weights.kernel.shape;
    const first = channels * Math.floor(index[2] / (filters / computation.groups));
    return (_, term) => {
      const cell = Math.floor(term / channels);
      return [Math.floor(cell / columns), cell % columns, first + (term % channels)];
    };
  }
  if (family === "dense") {
    const layout = inputLayoutOf(network, layer);
    return (term) => layout.place([term.link.index.at(-1)]);
  }
  const map = explained.find(({ link }) => link)?.link.index[2] ?? index[2] ?? 0;
  const columns = computation.window?.[1] ?? explained.length;
  return (_, term) => [Math.floor(term / columns), term % columns, map];
}
