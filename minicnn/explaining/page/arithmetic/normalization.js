/**
 * Batch normalisation as in `predict`, with the moving averages μ and σ² of the training:
 *
 *     x̂ = (x − μ) / √(σ² + ε),    y = γ·x̂ + β
 *
 * As these stay fixed, each number goes its own way back: dx = γ·dy / √(σ² + ε).
 */

import { at, indexOf, mapped, sizeOf, zeros } from "#page/arithmetic/tensor.js";
import { inputTerm, outputTerm } from "#page/arithmetic/terms.js";

export function forward(layer, x) {
  const channelAt = channels(layer);
  const all = statistics(layer);
  return mapped(x, (value, offset) => {
    const { gamma, beta, mean, scale } = all[channelAt(offset)];
    return gamma * ((value - mean) * scale) + beta;
  });
}

export function backward(layer, x, dy) {
  const channelAt = channels(layer);
  const all = statistics(layer);
  const gradients = { gamma: zeros([all.length]), beta: zeros([all.length]) };
  const input = mapped(dy, (gradient, offset) => {
    const channel = channelAt(offset);
    const { gamma, mean, scale } = all[channel];
    gradients.gamma.data[channel] += gradient * ((x.data[offset] - mean) * scale);
    gradients.beta.data[channel] += gradient;
    return gamma * gradient * scale;
  });
  const learnt = Object.keys(gradients).filter((name) => name in layer.weights);
  return { input, weights: Object.fromEntries(learnt.map((name) => [name, gradients[name]])) };
}

export function outputTerms(layer, x, index) {
  const parts = statistics(layer)[index.at(layer.computation.axis)];
  const normalized = (at(x, index) - parts.mean) * parts.scale;
  const weight = parts.gamma * parts.scale;
  return {
    terms: [outputTerm(x, index, weight)],
    bias: parts.beta - parts.mean * weight,
    normalization: { ...parts, epsilon: layer.computation.epsilon, normalized },
  };
}

export function inputTerms(layer, x, dy, index) {
  const { gamma, scale } = statistics(layer)[index.at(layer.computation.axis)];
  return [inputTerm(dy, index, gamma * scale)];
}

export function weightTerms(layer, x, dy, name, [channel]) {
  const channelAt = channels(layer);
  const { mean, scale } = statistics(layer)[channel];
  const terms = [];
  dy.data.forEach((gradient, offset) => {
    if (channelAt(offset) === channel) {
      const index = indexOf(dy.shape, offset);
      const input = name === "gamma" ? (x.data[offset] - mean) * scale : 1;
      terms.push({
        from: index,
        to: index,
        input,
        gradient,
        product: input * gradient,
        padding: false,
      });
    }
  });
  return terms;
}

/** What every channel is shifted and scaled by; scale is 1 / √(σ² + ε). */
function statistics({ weights, computation }) {
  return Array.from(weights.moving_mean.data, (mean, channel) => {
    const variance = weights.moving_variance.data[channel];
    const gamma = weights.gamma ? weights.gamma.data[channel] : 1;
    const beta = weights.beta ? weights.beta.data[channel] : 0;
    return { mean, variance, gamma, beta, scale: 1 / Math.sqrt(variance + computation.epsilon) };
  });
}

/** A function from an offset to its channel. */
function channels(layer) {
  const [count, ...rest] = layer.inputShape.slice(layer.computation.axis);
  const inner = sizeOf(rest);
  return (offset) => Math.floor(offset / inner) % count;
}
