/** A gradient as the sum that made it, ready to be shown. */

import { explainInput, explainSum, explainWeight } from "#page/arithmetic/network.js";
import { arrange } from "#page/view/arrange.js";
import { layoutOf } from "#page/view/layouts.js";

/** @typedef {import("#page/view/forward_sum.js").Sum} Sum */

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
  const next = layer + 1;
  if (next === network.layers.length) {
    return { heads: [], groups: [], source: next, pixels: false, explanation: null, slope };
  }
  const explanation = explainInput(network, pass, gradients(), next, index);
  const terms = explanation.terms.map((term) => ({
    factors: [term.gradient, term.weight],
    product: term.product,
    won: term.won,
    link: { layer: next, index: term.to, direction: "backward" },
  }));
  const layout = layoutOf(network, next);
  const groups = arrange(terms, (term) => layout.place(term.link.index));
  const heads = ["sum.gradients", "sum.weights", "sum.products"];
  return { heads, groups, source: next, pixels: false, explanation, slope };
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
        ? { layer, index: term.to, direction: "backward" }
        : { layer: layer - 1, index: term.from, direction: "forward" },
  }));
  const layout = layoutOf(network, layer);
  const places = explanation.terms.map((term) => layout.place(term.to));
  return {
    heads: alone ? ["sum.gradients"] : ["sum.inputs", "sum.gradients", "sum.products"],
    groups: arrange(terms, (_, term) => places[term]),
    source: layer - 1,
    pixels: layer === 0 && !alone,
    explanation,
  };
}
