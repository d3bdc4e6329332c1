/** The network's loss: which function compares its output with the label, and from where. */

import * as losses from "#page/arithmetic/losses.js";
import { penaltyOf } from "#page/arithmetic/penalty.js";
import { tensor } from "#page/arithmetic/tensor.js";

const KNOWN = {
  categorical_crossentropy: {
    fusesWith: "softmax",
    fromLogits: losses.softmaxCrossEntropy,
    fromOutputs: losses.categoricalCrossEntropy,
  },
  sparse_categorical_crossentropy: {
    fusesWith: "softmax",
    fromLogits: losses.softmaxCrossEntropy,
    fromOutputs: losses.sparseCrossEntropy,
  },
  binary_crossentropy: {
    fusesWith: "sigmoid",
    fromLogits: losses.sigmoidCrossEntropy,
    fromOutputs: losses.binaryCrossEntropy,
  },
  categorical_hinge: { fromOutputs: losses.categoricalHinge },
  cosine_similarity: { fromOutputs: losses.cosineSimilarity },
  hinge: { fromOutputs: losses.hinge },
  huber: { fromOutputs: losses.huber },
  kl_divergence: { fromOutputs: losses.divergence },
  log_cosh: { fromOutputs: losses.logCosh },
  mean_absolute_error: { fromOutputs: losses.meanAbsoluteError },
  mean_absolute_percentage_error: { fromOutputs: losses.percentageError },
  mean_squared_error: { fromOutputs: losses.meanSquaredError },
  mean_squared_logarithmic_error: { fromOutputs: losses.logarithmicError },
  poisson: { fromOutputs: losses.poisson },
  squared_hinge: { fromOutputs: losses.squaredHinge },
};

/** Compare a network's output with the label. */
export function compare(network, pass, label) {
  const { loss } = network;
  if (!Object.hasOwn(KNOWN, loss?.name ?? "")) {
    throw new Error(`The network has no loss to go back from: ${loss?.name}. Use backwardFrom.`);
  }
  const { fromLogits, fromOutputs } = KNOWN[loss.name];
  const fused = isFused(network);
  const given = fused ? pass.logits : pass.outputs.at(-1);
  const isIgnored = label === (loss.ignore_class ?? null);
  const targets = isIgnored ? [...given.data].fill(0) : smoothed(loss, targetsOf(label, given.data.length));
  const compareWith = fused || loss.from_logits ? fromLogits : fromOutputs;
  const { outputs, shares, gradient } = compareWith([...given.data], targets, loss);
  const penalty = penaltyOf(network);
  return {
    name: loss.name,
    targets,
    outputs,
    shares,
    penalty,
    fused,
    value: shares.reduce((sum, one) => sum + one, penalty),
    share: loss.name === "binary_crossentropy" ? targets.length : 1,
    dsum: fused ? tensor(given.shape, gradient) : null,
    doutput: tensor(
      given.shape,
      fused ? throughProbabilities(outputs, targets, loss.name) : gradient,
    ),
  };
}

/** What the network answers: its outputs, or their softmax or sigmoid where these are logits. */
export function probabilitiesOf({ answer }, output) {
  if (!answer?.logits) {
    return output;
  }
  const compareWith = answer.kind === "classes" ? losses.softmaxCrossEntropy : losses.sigmoidCrossEntropy;
  const nothing = new Array(output.data.length).fill(0);
  return tensor(output.shape, compareWith([...output.data], nothing).outputs);
}

/** Whether loss and last activation are one step, where the gradient is p − y. */
function isFused({ layers, loss }) {
  const { name, parameters } = layers.at(-1).activation;
  return name === KNOWN[loss.name].fusesWith && Object.keys(parameters).length === 0;
}

/** The label as one number an output. */
function targetsOf(label, count) {
  const targets = Array.isArray(label)
    ? label
    : Array.from({ length: count }, (_, position) => (count === 1 ? label : Number(position === label)));
  const isClass = count > 1 && !Array.isArray(label);
  if (
    targets.length !== count ||
    !targets.every(Number.isFinite) ||
    (isClass && !targets.includes(1))
  ) {
    throw new Error(
      `A network with ${count} outputs takes a class from 0 to ${count - 1} or as many numbers, got ${label}.`,
    );
  }
  return targets;
}

/** Label smoothing s: `t·(1 − s) + s/classes`; a yes-or-no answer has two classes. */
function smoothed({ name, label_smoothing = 0 }, targets) {
  const classes = name === "binary_crossentropy" ? 2 : targets.length;
  return targets.map((target) => target * (1 - label_smoothing) + label_smoothing / classes);
}

/** ∂loss/∂probability, which the fused step goes around: −t/p, or (p − t)/(p·(1 − p)) for sigmoid. */
function throughProbabilities(outputs, targets, name) {
  return name === "binary_crossentropy"
    ? outputs.map((p, i) => (p - targets[i]) / (p * (1 - p)) / outputs.length)
    : outputs.map((p, i) => (targets[i] === 0 ? 0 : -targets[i] / p));
}
