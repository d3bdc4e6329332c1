/** An output as the sum that made it, ready to be shown. */

import { explainOutput } from "#page/arithmetic/network.js";
import { arrange } from "#page/view/arrange.js";
import { inputLayoutOf } from "#page/view/layouts.js";

/**
 * @typedef {object} Sum
 * @property {string[]} heads - keys of the texts over the factors, and over the products
 * @property {import("#page/view/arrange.js").Group[]} groups
 * @property {number} source - the layer whose maps the groups are; -1: the image
 * @property {boolean} pixels - whether the first factors are the image's
 * @property {object} explanation - of the arithmetic
 */

/** What the factors of a family's terms are called. */
const FACTORS = {
  convolution: ["sum.window", "sum.filter"],
  dense: ["sum.inputs", "sum.weights"],
  elementwise: ["sum.inputs", "sum.scale"],
  index_map: ["sum.window", "sum.share"],
  maximum: ["sum.window", "sum.winner"],
  normalization: ["sum.inputs", "sum.scale"],
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
    link: term.from && { layer: layer - 1, index: term.from, direction: "forward" },
  }));
  const where = placesInSum(network.layers[layer], explanation.terms, network, layer, index);
  return { heads, groups: arrange(terms, where), source: layer - 1, pixels: layer === 0, explanation };
}

function headsOf({ family, computation }) {
  const { terms = 1, factors = null, scale = 1, offset = 0 } = computation;
  const passes = {
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
  const map = explained.find(({ from }) => from)?.from[2] ?? index[2] ?? 0;
  const columns = computation.window?.[1] ?? explained.length;
  return (_, term) => [Math.floor(term / columns), term % columns, map];
}
