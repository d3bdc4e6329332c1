/** Which arithmetic a layer's kind means. */

import * as averagePooling from "#page/arithmetic/average_pooling2d.js";
import * as batchNormalization from "#page/arithmetic/batch_normalization.js";
import * as conv2d from "#page/arithmetic/conv2d.js";
import * as dense from "#page/arithmetic/dense.js";
import * as maxPooling from "#page/arithmetic/max_pooling2d.js";
import * as rearranging from "#page/arithmetic/rearranging.js";
import * as rescaling from "#page/arithmetic/rescaling.js";
import * as zeroPadding from "#page/arithmetic/zero_padding2d.js";

const KINDS = {
  Activation: rearranging,
  AveragePooling2D: averagePooling,
  BatchNormalization: batchNormalization,
  Conv2D: conv2d,
  Dense: dense,
  Dropout: rearranging,
  Flatten: rearranging,
  GlobalAveragePooling2D: averagePooling,
  GlobalMaxPooling2D: maxPooling,
  LeakyReLU: rearranging,
  MaxPooling2D: maxPooling,
  ReLU: rearranging,
  Rescaling: rescaling,
  Reshape: rearranging,
  Softmax: rearranging,
  ZeroPadding2D: zeroPadding,
};

/**
 * The functions of a layer's kind. All take the layer and its input x, and none sees the activation:
 *
 * - `forward(layer, x)`: the sums, before the activation
 * - `backward(layer, x, dy)`: `{input, weights}`, from ∂loss/∂sum
 * - `outputTerms(layer, x, index)`: `{terms, bias}` of one sum
 * - `inputTerms(layer, x, dy, index)`: the terms of ∂loss/∂input
 * - `weightTerms(layer, x, dy, name, index)`: those of ∂loss/∂weight, where there are weights
 *
 * @param {{kind: string, name: string}} layer
 */
export function arithmeticOf(layer) {
  if (!Object.hasOwn(KINDS, layer.kind)) {
    throw new Error(
      `The layer "${layer.name}" is a ${layer.kind}; the page knows: ${Object.keys(KINDS).join(", ")}.`,
    );
  }
  return KINDS[layer.kind];
}
