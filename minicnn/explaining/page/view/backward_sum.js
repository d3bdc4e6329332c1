/** A gradient as the sum that made it, ready to be shown. */

import { cellBefore, explainCell, explainSum, explainWeight } from "#page/arithmetic/network.js";
import { arrange } from "#page/view/arrange.js";
import { inputAt, layoutOf } from "#page/view/layouts.js";

/** @typedef {import("#page/view/forward_sum.js").Sum} Sum */

const MAPS = 1e6; // more than any layer has

/**
 * Explain ∂loss/∂(a cell): which outputs of the next layer it reached, and through which weights.
 *
 * @param {import("#page/view/calculation.js").Calculation} calculation
 * @param {number} layer - -1: a pixel of the image
 * @param {number[]} index
 * @returns {Sum & {slope: object | null}} `slope`: how the gradient went on through the activation
 */
export function cellGradientSum({ network, pass, gradients }, layer, index) {
  const slope = layer < 0 ? null : explainSum(network, pass, gradients(), layer, index);
  const explanation = explainCell(network, pass, gradients(), layer, index);
  if (explanation.terms.length === 0) return { heads: [], groups: [], pixels: null, explanation: null, slope };
  const terms = explanation.terms.map((term) => ({
    factors: [term.gradient, term.weight],
    product: term.product,
    won: term.won,
    link: { layer: term.layer, index: term.to, direction: "backward" },
  }));
  const groups = arrange(
    terms,
    ({ link }) => {
      const [row, column, map] = layoutOf(network, link.layer).place(link.index);
      return [row, column, link.layer * MAPS + map];
    },
    (group) => ({ source: Math.floor(group / MAPS), map: group % MAPS }),
  );
  const heads = ["sum.gradients", "sum.weights", "sum.products"];
  return { heads, groups, pixels: null, explanation, slope };
}

/**
 * Explain ∂loss/∂(a weight): which inputs it met, and what became of the outputs.
 *
 * @param {import("#page/view/calculation.js").Calculation} calculation
 * @param {number} layer
 * @param {string} name - "kernel", "bias", "gamma" …
 * @param {number[]} index - in the weight's own shape
 * @returns {Sum}
 */
export function weightGradientSum({ network, pass, gradients }, layer, name, index) {
  const explanation = explainWeight(network, pass, gradients(), layer, name, index);
  const alone = name === "bias" || name === "beta"; // the input is 1
  const terms = explanation.terms.map((term) => ({
    factors: alone ? [term.gradient] : [term.input, term.gradient],
    product: term.product,
    padding: term.padding,
    link:
      alone || !term.from
        ? { layer: term.layer, index: term.to, direction: "backward" }
        : { ...cellBefore(network, term.layer, term.from), direction: "forward" },
  }));
  // Of a layer that is called twice, one call below the other.
  const places = explanation.terms.map((term) => {
    const [row, column, map] = layoutOf(network, term.layer).place(term.to);
    return [row + MAPS * term.layer, column, map];
  });
  const [source] = network.layers[layer].from;
  return {
    heads: alone ? ["sum.gradients"] : ["sum.inputs", "sum.gradients", "sum.products"],
    groups: arrange(terms, (_, term) => places[term], (map) => ({ source, map })),
    pixels: alone ? null : inputAt(network, source),
    explanation,
  };
}
