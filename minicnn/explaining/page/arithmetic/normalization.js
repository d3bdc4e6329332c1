/**
 * Batch and layer normalisation:
 *
 *     x̂ = (x − μ) / √(σ² + ε),    y = γ·x̂ + β
 *
 * Batch normalisation as in `predict`: μ and σ² are the moving averages of a channel. As these stay fixed,
 * each number goes its own way back. In layer normalisation (`own`) they are those of the example's numbers
 * along the axes, so that each of these n numbers reaches every output of its group:
 *
 *     ∂x̂ⱼ/∂xᵢ = ([i = j] − 1/n − x̂ᵢ·x̂ⱼ/n) / √(σ² + ε)
 */

import { at, each, indexOf, mapped, offsetOf, otherAxes, placeOn, sizeOf, zeros } from "#page/arithmetic/tensor.js";
import { inputTerm, outputTerm } from "#page/arithmetic/terms.js";

export function forward(layer, x) {
  const partsAt = statistics(layer, x);
  return mapped(x, (value, offset) => {
    const { gamma, beta, mean, scale } = partsAt(offset);
    return gamma * ((value - mean) * scale) + beta;
  });
}

export function backward(layer, x, dy) {
  const partsAt = statistics(layer, x);
  const normalized = normalizedBy(partsAt, x);
  const { gamma, beta } = layer.weights;
  const weights = each({ ...(gamma && { gamma }), ...(beta && { beta }) }, ({ shape }) => zeros(shape));
  dy.data.forEach((gradient, offset) => {
    const { weight } = partsAt(offset);
    if (gamma) weights.gamma.data[weight] += gradient * normalized[offset];
    if (beta) weights.beta.data[weight] += gradient;
  });
  const direct = dy.data.map((gradient, offset) => gradient * partsAt(offset).gamma);
  if (!layer.computation.own) {
    return { input: mapped(dy, (_, offset) => direct[offset] * partsAt(offset).scale), weights };
  }
  const sums = new Map(); // of each group
  direct.forEach((gradient, offset) => {
    const { group } = partsAt(offset);
    const [mean, product] = sums.get(group) ?? [0, 0];
    sums.set(group, [mean + gradient, product + gradient * normalized[offset]]);
  });
  const input = mapped(dy, (_, offset) => {
    const { group, count, scale } = partsAt(offset);
    const [sum, product] = sums.get(group);
    return scale * (direct[offset] - (sum + normalized[offset] * product) / count);
  });
  return { input, weights };
}

export function outputTerms(layer, x, index) {
  const { mean, variance, gamma, beta, scale } = statistics(layer, x)(offsetOf(x.shape, index));
  const weight = gamma * scale;
  const normalized = (at(x, index) - mean) * scale;
  const { epsilon } = layer.computation;
  return {
    terms: [outputTerm(x, index, weight)],
    bias: beta - mean * weight,
    normalization: { mean, variance, gamma, beta, scale, epsilon, normalized },
  };
}

export function inputTerms(layer, x, dy, index) {
  const partsAt = statistics(layer, x);
  const here = offsetOf(x.shape, index);
  const { gamma, scale, group, count } = partsAt(here);
  if (!layer.computation.own) {
    return [inputTerm(dy, index, gamma * scale)];
  }
  const normalized = normalizedBy(partsAt, x);
  const others = [...x.data.keys()].filter((offset) => partsAt(offset).group === group);
  return others.map((offset) => {
    const through = Number(offset === here) - (1 + normalized[here] * normalized[offset]) / count;
    return inputTerm(dy, indexOf(x.shape, offset), partsAt(offset).gamma * scale * through);
  });
}

export function weightTerms(layer, x, dy, name, index) {
  const partsAt = statistics(layer, x);
  const normalized = normalizedBy(partsAt, x);
  const wanted = offsetOf(layer.weights[name].shape, index);
  const cells = [...dy.data.keys()].filter((offset) => partsAt(offset).weight === wanted);
  return cells.map((offset) => {
    const cell = indexOf(dy.shape, offset);
    const input = name === "gamma" ? normalized[offset] : 1;
    const gradient = dy.data[offset];
    return { from: cell, to: cell, input, gradient, product: input * gradient, padding: false };
  });
}

export function weightAt({ computation }, index) {
  return computation.axes.map((axis) => index.at(axis));
}

function normalizedBy(partsAt, x) {
  return x.data.map((value, offset) => (value - partsAt(offset).mean) * partsAt(offset).scale);
}

/** What a number is shifted and scaled by, with the places of its weights; scale is 1 / √(σ² + ε). */
function statistics({ weights, computation, inputShape }, x) {
  const { axes, own, epsilon } = computation;
  const along = axes.map((axis) => axis + inputShape.length);
  const grouping = own ? otherAxes(inputShape, axes) : along;
  const [weightOf, groupOf] = [along, grouping].map((some) => placeOn(inputShape, some));
  const { moving_mean: means, moving_variance: variances, gamma, beta } = weights;
  const [meanOf, varianceOf] = own ? ownMoments(x, groupOf) : [means.data, variances.data];
  const count = sizeOf(along.map((axis) => inputShape[axis]));
  return (offset) => {
    const [weight, group] = [weightOf(offset), groupOf(offset)];
    const [mean, variance] = [meanOf[group], varianceOf[group]];
    const scale = 1 / Math.sqrt(variance + epsilon);
    const learnt = { gamma: gamma?.data[weight] ?? 1, beta: beta?.data[weight] ?? 0 };
    return { weight, group, count, mean, variance, scale, ...learnt };
  };
}

/** Mean and variance of each group of numbers. */
function ownMoments({ data }, groupOf) {
  const groups = [];
  data.forEach((value, offset) => (groups[groupOf(offset)] ??= []).push(value));
  const mean = (numbers) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  const means = groups.map(mean);
  return [means, groups.map((numbers, group) => mean(numbers.map((one) => (one - means[group]) ** 2)))];
}
