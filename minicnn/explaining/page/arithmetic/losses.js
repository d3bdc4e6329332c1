/**
 * Losses of one row of outputs against its targets, as in `minicnn.losses`.
 *
 * Each function returns `shares`, one number an output whose sum is the loss, `outputs`, what was
 * compared with the targets, and `gradient`, ∂loss/∂(what was given). From logits the logarithm and the
 * exponential cancel, and the gradient is p − t.
 *
 * @typedef {{shares: number[], outputs: number[], gradient: number[]}} Compared
 */

import { exponentialsOf } from "#page/arithmetic/softmax.js";

const EPSILON = 1e-7; // how far from 0 and 1 a probability is kept: Keras' value

/** Cross-entropy of softmax(logits): `−Σ t·ln p`. @returns {Compared} */
export function softmaxCrossEntropy(logits, targets) {
  const { largest, exponentials, total } = exponentialsOf(logits);
  const outputs = exponentials.map((exponential) => exponential / total);
  return {
    outputs,
    shares: logits.map((logit, i) => times(targets[i], Math.log(total) - (logit - largest))),
    gradient: outputs.map((p, i) => p * sumOf(targets) - targets[i]),
  };
}

/** Cross-entropy of sigmoid(logits), each on its own, averaged. @returns {Compared} */
export function sigmoidCrossEntropy(logits, targets) {
  const count = logits.length;
  const outputs = logits.map((z) => (z >= 0 ? 1 : Math.exp(z)) / (1 + Math.exp(-Math.abs(z))));
  return {
    outputs,
    shares: logits.map(
      (z, i) => (Math.max(z, 0) - z * targets[i] + Math.log1p(Math.exp(-Math.abs(z)))) / count,
    ),
    gradient: outputs.map((p, i) => (p - targets[i]) / count),
  };
}

/** Cross-entropy of probabilities, brought to the sum 1 first: `n = p / Σp`. @returns {Compared} */
export function categoricalCrossEntropy(probabilities, targets) {
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

/** The same for class numbers, where Keras clips first: `q / Σq`. @returns {Compared} */
export function sparseCrossEntropy(probabilities, targets) {
  const kept = probabilities.map(clipped);
  const total = sumOf(kept);
  return {
    outputs: kept.map((q) => q / total),
    shares: kept.map((q, i) => times(targets[i], Math.log(total) - Math.log(q))),
    gradient: kept.map((q, i) => (q === probabilities[i] ? 1 / total - targets[i] / q : 0)),
  };
}

/** Cross-entropy of yes-or-no probabilities, averaged: `−t·ln p − (1 − t)·ln(1 − p)`. @returns {Compared} */
export function binaryCrossEntropy(probabilities, targets) {
  const count = probabilities.length;
  const outputs = probabilities.map(clipped);
  return {
    outputs,
    shares: outputs.map(
      (q, i) => (-targets[i] * Math.log(q) - (1 - targets[i]) * Math.log(1 - q)) / count,
    ),
    gradient: outputs.map((q, i) =>
      q === probabilities[i] ? (q - targets[i]) / (q * (1 - q)) / count : 0,
    ),
  };
}

/** `mean((y − t)²)`. @returns {Compared} */
export function meanSquaredError(outputs, targets) {
  const count = outputs.length;
  return {
    outputs,
    shares: outputs.map((y, i) => (y - targets[i]) ** 2 / count),
    gradient: outputs.map((y, i) => (2 * (y - targets[i])) / count),
  };
}

/** `mean(|y − t|)`. @returns {Compared} */
export function meanAbsoluteError(outputs, targets) {
  const count = outputs.length;
  return {
    outputs,
    shares: outputs.map((y, i) => Math.abs(y - targets[i]) / count),
    gradient: outputs.map((y, i) => Math.sign(y - targets[i]) / count),
  };
}

const sumOf = (numbers) => numbers.reduce((sum, number) => sum + number, 0);
const clipped = (p) => Math.min(Math.max(p, EPSILON), 1 - EPSILON);

/** A product that a target of 0 makes 0, whatever it meets. */
const times = (target, number) => (target === 0 ? 0 : target * number);
