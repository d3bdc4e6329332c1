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

const HEADS = {
  Conv2D: ["sum.window", "sum.filter", "sum.products"],
  Dense: ["sum.inputs", "sum.weights", "sum.products"],
  MaxPooling2D: ["sum.window", "sum.winner", "sum.products"],
  GlobalMaxPooling2D: ["sum.window", "sum.winner", "sum.products"],
  AveragePooling2D: ["sum.window", "sum.share", "sum.products"],
  GlobalAveragePooling2D: ["sum.window", "sum.share", "sum.products"],
  BatchNormalization: ["sum.inputs", "sum.scale", "sum.products"],
  Rescaling: ["sum.inputs", "sum.scale", "sum.products"],
};

/** Heads of layers that only pass their input on. */
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
  const heads = HEADS[network.layers[layer].kind] ?? PASSED_ON;
  const terms = explanation.terms.map((term) => ({
    factors: heads === PASSED_ON ? [term.input] : [term.input, term.weight],
    product: term.product,
    padding: term.padding,
    won: term.won,
    goal: term.from && { layer: layer - 1, index: term.from, direction: "forward" },
  }));
  const where = placesInSum(network.layers[layer], network, layer, index);
  return { heads, groups: arrange(terms, where), source: layer - 1, pixels: layer === 0, explanation };
}

/** Return where the terms of an output lie: as in the window, or as in the maps before. */
function placesInSum({ kind, config, inputShape, weights }, network, layer, index) {
  const map = inputShape.length === 3 ? index[2] : 0;
  if (kind === "Conv2D") {
    const [, columns, channels, filters] = weights.kernel.shape;
    const first = channels * Math.floor(map / (filters / (config.groups ?? 1)));
    return (_, term) => {
      const cell = Math.floor(term / channels);
      return [Math.floor(cell / columns), cell % columns, first + (term % channels)];
    };
  }
  if (kind === "Dense") {
    const layout = inputLayoutOf(network, layer);
    return (term) => layout.place([term.goal.index.at(-1)]);
  }
  const columns = kind.startsWith("Global") ? inputShape[1] : config.pool_size?.[1];
  if (columns) return (_, term) => [Math.floor(term / columns), term % columns, map];
  return () => [0, 0, map];
}
