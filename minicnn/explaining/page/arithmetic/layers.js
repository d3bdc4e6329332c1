/** Which arithmetic a layer's family means. */

import * as convolution from "#page/arithmetic/convolution.js";
import * as dense from "#page/arithmetic/dense.js";
import { elementwise, learntSlopes } from "#page/arithmetic/elementwise.js";
import * as indexMap from "#page/arithmetic/index_map.js";
import * as normalization from "#page/arithmetic/normalization.js";

const FAMILIES = {
  activation: elementwise,
  convolution,
  dense,
  elementwise,
  index_map: indexMap,
  learnt_slopes: learntSlopes,
  maximum: indexMap,
  minimum: indexMap,
  normalization,
  product: indexMap,
  sum: indexMap,
};

/**
 * The functions of a layer's family. All take the layer and its input x, and none sees the activation:
 *
 * - `forward(layer, x)`: the sums, before the activation
 * - `backward(layer, x, dy)`: `{input, weights}`, from ∂loss/∂sum
 * - `outputTerms(layer, x, index)`: `{terms, bias}` of one sum
 * - `inputTerms(layer, x, dy, index)`: the terms of ∂loss/∂input
 * - `weightTerms(layer, x, dy, name, index)`: those of ∂loss/∂weight, where there are weights
 * - `weightAt(layer, index)`: the index of the weight that an output uses, where it is one
 */
export function arithmeticOf({ name, family }) {
  if (!Object.hasOwn(FAMILIES, family)) {
    throw new Error(`The layer "${name}" has the family ${family}; there are: ${Object.keys(FAMILIES).join(", ")}.`);
  }
  return FAMILIES[family];
}
