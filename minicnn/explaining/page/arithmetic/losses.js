/**
 * Losses of one row of outputs against its targets, as in `minicnn.losses`.
 *
 * Each function returns `shares`, one number an output whose sum is the loss, `outputs`, what was
 * compared with the targets, and `gradient`, ∂loss/∂(what was given). From logits the logarithm and the
 * exponential cancel, and the gradient is p − t.
 */

import { exponentialsOf } from "#page/arithmetic/softmax.js";

const EPSILON = 1e-7; // how far from 0 and 1 a probability is kept: Keras' value

/** Cross-entropy of softmax(logits): `−Σ t·ln p`. */
export function softmaxCrossEntropy(logits, targets) {
  const { largest, exponentials, total } = exponentialsOf(logits);
  const outputs = exponentials.map((exponential) => exponential / total);
  return {
    outputs,
    shares: logits.map((logit, i) => times(targets[i], Math.log(total) - (logit - largest))),
    gradient: outputs.map((p, i) => p * sumOf(targets) - targets[i]),
  };
}

/** Cross-entropy of sigmoid(logits), each on its own, averaged. */
export function sigmoidCrossEntropy(logits, targets) {
  const count = logits.length;
  const outputs = logits.map((z) => (z >= 0 ? 1 : Math.exp(z)) / (1 + Math.exp(-Math.abs(z))));
  return {
    outputs,
    shares: logits.map((z, i) => (Math.max(z, 0) - z * targets[i] + Math.log1p(Math.exp(-Math.abs(z)))) / count),
    gradient: outputs.map((p, i) => (p - targets[i]) / count),
  };
}

/** Cross-entropy of probabilities, brought to the sum 1 first: `n = p / Σp`. */
function categoricalCrossEntropy(probabilities, targets) {
  const total = sumOf(probabilities) || 1;
  const normalized = probabilities.map((p) => p / total);
  const outputs = normalized.map(clipped);
  const dnormalized = normalized.map((n, i) => (outputs[i] === n ? -targets[i] / n : 0));
  const throughTotal = sumOf(dnormalized.map((gradient, i) => gradient * normalized[i]));
  return {
    outputs,
    shares: outputs.map((q, i) => times(targets[i], -Math.log(q))),
    gradient: dnormalized.map((gradient) => (gradient - throughTotal) / total),
  };
}

/** The same for class numbers, where Keras clips first: `q / Σq`. */
function sparseCrossEntropy(probabilities, targets) {
  const kept = probabilities.map(clipped);
  const total = sumOf(kept);
  return {
    outputs: kept.map((q) => q / total),
    shares: kept.map((q, i) => times(targets[i], Math.log(total) - Math.log(q))),
    gradient: kept.map((q, i) => (q === probabilities[i] ? sumOf(targets) / total - targets[i] / q : 0)),
  };
}

/** Cross-entropy of yes-or-no probabilities, averaged: `−t·ln p − (1 − t)·ln(1 − p)`. */
function binaryCrossEntropy(probabilities, targets) {
  const count = probabilities.length;
  const outputs = probabilities.map(clipped);
  return {
    outputs,
    shares: outputs.map((q, i) => (-targets[i] * Math.log(q) - (1 - targets[i]) * Math.log(1 - q)) / count),
    gradient: outputs.map((q, i) => (q === probabilities[i] ? (q - targets[i]) / (q * (1 - q)) / count : 0)),
  };
}

/** `Σ t·ln(t / p)`, both kept above 0. */
function divergence(probabilities, targets) {
  const [kept, wanted] = [probabilities, targets].map((all) => all.map((p) => Math.min(Math.max(p, EPSILON), 1)));
  return {
    outputs: kept,
    shares: kept.map((p, i) => wanted[i] * Math.log(wanted[i] / p)),
    gradient: kept.map((p, i) => (p === probabilities[i] ? -wanted[i] / p : 0)),
  };
}

/** `max(max((1 − t)·y) − Σ t·y + 1, 0)`; equally wrong classes share the gradient. */
function categoricalHinge(outputs, targets) {
  const wrong = outputs.map((y, i) => (1 - targets[i]) * y);
  const worst = Math.max(...wrong);
  const margin = worst - sumOf(outputs.map((y, i) => targets[i] * y)) + 1;
  const equals = wrong.filter((one) => one === worst).length;
  return {
    outputs,
    shares: outputs.map(() => Math.max(margin, 0) / outputs.length),
    gradient: wrong.map((one, i) => (margin < 0 ? 0 : (one === worst ? (1 - targets[i]) / equals : 0) - targets[i])),
  };
}

/** `−Σ t̂·ŷ` of the vectors brought to length 1. */
function cosineSimilarity(outputs, targets) {
  const [y, t] = [outputs, targets].map((all) => {
    const length = Math.max(Math.hypot(...all), EPSILON);
    return { length, unit: all.map((one) => one / length) };
  });
  const shares = y.unit.map((one, i) => -one * t.unit[i]);
  const along = y.length > EPSILON ? sumOf(shares) : 0;
  return { outputs, shares, gradient: y.unit.map((one, i) => -(t.unit[i] + along * one) / y.length) };
}

/** A mean over the outputs of a loss of each. */
function meanOf(element, derivative) {
  const fromOutputs = (outputs, targets, options) => ({
    outputs,
    shares: outputs.map((y, i) => element(y, targets[i], options) / outputs.length),
    gradient: outputs.map((y, i) => derivative(y, targets[i], options) / outputs.length),
  });
  return { fromOutputs };
}

/** A margin loss: targets of 0 and 1 become −1 and 1. */
function marginOf(element, derivative) {
  const compare = meanOf(element, derivative).fromOutputs;
  const signed = (targets) => (targets.every((t) => t === 0 || t === 1) ? targets.map((t) => 2 * t - 1) : targets);
  return { fromOutputs: (outputs, targets) => compare(outputs, signed(targets)) };
}

const logarithm = (x) => Math.log1p(Math.max(x, EPSILON));
const percents = (t) => 100 / Math.max(Math.abs(t), EPSILON);

const sumOf = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
const clipped = (p) => Math.min(Math.max(p, EPSILON), 1 - EPSILON);

/** A product that a target of 0 makes 0, whatever it meets. */
const times = (target, number) => (target === 0 ? 0 : target * number);

const CLASSES = { fusesWith: "softmax", fromLogits: softmaxCrossEntropy };

/** By Keras' names; those that have logits are one step with an activation. */
export const LOSSES = {
  categorical_crossentropy: { ...CLASSES, fromOutputs: categoricalCrossEntropy },
  sparse_categorical_crossentropy: { ...CLASSES, fromOutputs: sparseCrossEntropy },
  binary_crossentropy: { fusesWith: "sigmoid", fromLogits: sigmoidCrossEntropy, fromOutputs: binaryCrossEntropy },
  categorical_hinge: { fromOutputs: categoricalHinge },
  cosine_similarity: { fromOutputs: cosineSimilarity },
  kl_divergence: { fromOutputs: divergence },
  hinge: marginOf((y, t) => Math.max(1 - t * y, 0), (y, t) => (t * y <= 1 ? -t : 0)),
  squared_hinge: marginOf((y, t) => Math.max(1 - t * y, 0) ** 2, (y, t) => -2 * t * Math.max(1 - t * y, 0)),
  huber: meanOf(
    (y, t, { delta }) => {
      const error = Math.abs(y - t);
      return error <= delta ? error ** 2 / 2 : delta * (error - delta / 2);
    },
    (y, t, { delta }) => Math.min(Math.max(y - t, -delta), delta),
  ),
  log_cosh: meanOf(
    (y, t) => Math.abs(y - t) + Math.log1p(Math.exp(-2 * Math.abs(y - t))) - Math.LN2,
    (y, t) => Math.tanh(y - t),
  ),
  mean_absolute_error: meanOf((y, t) => Math.abs(y - t), (y, t) => Math.sign(y - t)),
  mean_absolute_percentage_error: meanOf(
    (y, t) => percents(t) * Math.abs(y - t),
    (y, t) => percents(t) * Math.sign(y - t),
  ),
  mean_squared_error: meanOf((y, t) => (y - t) ** 2, (y, t) => 2 * (y - t)),
  mean_squared_logarithmic_error: meanOf(
    (y, t) => (logarithm(y) - logarithm(t)) ** 2,
    (y, t) => (y < EPSILON ? 0 : (2 * (logarithm(y) - logarithm(t))) / (y + 1)),
  ),
  poisson: meanOf((y, t) => y - t * Math.log(y + EPSILON), (y, t) => 1 - t / (y + EPSILON)),
};
