/**
 * Activation functions, each next to its derivative, as in `minicnn.ops.reference.activations`.
 *
 * All but softmax go number by number: `forward(x)`, and `slope(x, y)` = ∂y/∂x.
 *
 * @typedef {{name: string, parameters: object}} Activation
 */

import { softmax, softmaxBackward } from "#page/arithmetic/softmax.js";
import { mapped } from "#page/arithmetic/tensor.js";

const sigmoid = (x) => 0.5 + 0.5 * Math.tanh(0.5 * x);

const relu = {
  forward(x, { negative_slope: low = 0, max_value: most = null, threshold = 0 }) {
    return Math.min(x > threshold ? x : low * (x - threshold) + 0, most ?? Infinity);
  },
  slope(x, y, { negative_slope: low = 0, max_value: most = null, threshold = 0 }) {
    return x >= (most ?? Infinity) ? 0 : x > threshold ? 1 : low;
  },
};

const silu = {
  forward: (x) => x * sigmoid(x),
  slope: (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x))),
};

const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

const relu6 = {
  forward: (x) => relu.forward(x, { max_value: 6 }),
  slope: (x, y) => relu.slope(x, y, { max_value: 6 }),
};

const hardSigmoid = {
  forward: (x) => relu6.forward(x + 3) / 6,
  slope: (x, y) => relu6.slope(x + 3, y) / 6,
};

const hardSilu = {
  forward: (x) => x * hardSigmoid.forward(x),
  slope: (x, y) => hardSigmoid.forward(x) + x * hardSigmoid.slope(x, y),
};

const KNOWN = {
  linear: { forward: (x) => x, slope: () => 1 },
  relu,
  leaky_relu: {
    forward: (x, { negative_slope = 0.2 }) => relu.forward(x, { negative_slope }),
    slope: (x, y, { negative_slope = 0.2 }) => relu.slope(x, y, { negative_slope }),
  },
  elu: {
    forward: (x, { alpha = 1 }) => (x > 0 ? x : alpha * Math.expm1(x)),
    slope: (x, y, { alpha = 1 }) => (x > 0 ? 1 : y + alpha),
  },
  sigmoid: { forward: sigmoid, slope: (x, y) => y * (1 - y) },
  tanh: { forward: Math.tanh, slope: (x, y) => 1 - y * y },
  softplus: { forward: softplus, slope: sigmoid },
  silu,
  swish: silu,
  selu: {
    forward: (x) => SELU_SCALE * (x > 0 ? x : SELU_ALPHA * Math.expm1(x)),
    slope: (x) => SELU_SCALE * (x >= 0 ? 1 : SELU_ALPHA * Math.exp(x)),
  },
  relu6,
  hard_sigmoid: hardSigmoid,
  hard_silu: hardSilu,
  hard_swish: hardSilu,
  mish: {
    forward: (x) => x * Math.tanh(softplus(x)),
    slope(x) {
      const gate = Math.tanh(softplus(x));
      return gate + x * (1 - gate * gate) * sigmoid(x);
    },
  },
  exponential: { forward: Math.exp, slope: (x, y) => y },
  softsign: { forward: (x) => x / (1 + Math.abs(x)), slope: (x) => (1 + Math.abs(x)) ** -2 },
  gelu: {
    forward: (x, { approximate = false }) => x * normalShare(x, approximate).share,
    slope(x, y, { approximate = false }) {
      const { share, density } = normalShare(x, approximate);
      return share + x * density;
    },
  },
};

/** Apply an activation. */
export function activate(activation, sums) {
  if (activation.name === "linear") return sums;
  if (activation.name === "softmax") return softmax(sums, activation.parameters.axis);
  const { forward } = found(activation);
  return mapped(sums, (x) => forward(x, activation.parameters));
}

/** ∂loss/∂sum from ∂loss/∂output. */
export function activateBackward(activation, dy, sums, outputs) {
  if (activation.name === "linear") return dy;
  if (activation.name === "softmax") return softmaxBackward(dy, outputs, activation.parameters.axis);
  return mapped(dy, (gradient, at) => gradient * slopeOf(activation, sums.data[at], outputs.data[at]));
}

/** The derivative at one place; null for softmax, where every output hangs on every sum. */
export function slopeOf(activation, sum, output) {
  return activation.name === "softmax" ? null : found(activation).slope(sum, output, activation.parameters);
}

function found({ name }) {
  if (!Object.hasOwn(KNOWN, name)) {
    throw new Error(`There is no activation "${name}"; the page knows: ${Object.keys(KNOWN).join(", ")}, softmax.`);
  }
  return KNOWN[name];
}

/**
 * Φ(x), the share of a normal distribution below x, and its density; or both approximated by tanh, as in
 * Hendrycks & Gimpel 2016, arXiv:1606.08415.
 */
function normalShare(x, approximate) {
  if (!approximate) {
    const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    return { share: (1 + erf(x * Math.SQRT1_2)) / 2, density };
  }
  const inner = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
  const share = (1 + Math.tanh(inner)) / 2;
  return { share, density: 2 * share * (1 - share) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x) };
}

/**
 * The error function: `2x/√π · e^(−x²) · Σ (2x²)ⁿ / (1·3·5 … (2n + 1))`; no term is negative, so that
 * nothing cancels.
 *
 * Abramowitz & Stegun 1964, "Handbook of mathematical functions", 7.1.6.
 */
function erf(x) {
  if (Math.abs(x) > 6) return Math.sign(x); // to the last bit
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * Number.EPSILON; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return ((2 * x) / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
