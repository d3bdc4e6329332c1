/**
 * What the state's numbers lead to: the way forward at once, the way back when it is asked for.
 *
 * @typedef {object} Calculation
 * @property {object} network
 * @property {import("#page/arithmetic/tensor.js").Tensor} image
 * @property {object} pass - of `forward`
 * @property {(number | number[])[]} labels - the right answer of each output, that is learnt from
 * @property {() => object} gradients - of `backward`
 */

import { backward, forward } from "#page/arithmetic/network.js";
import { remember } from "#page/view/store.js";

const passOf = remember(forward);
const gradientsOf = remember(backward);
const labelsOf = remember(({ outputs }, { answers }, labels) =>
  labels.map((label, place) => label ?? supposedLabel(outputs[place], answers[place])),
);

/** Calculate, unless that has been done. @returns {Calculation} */
export function calculate({ network, image, labels }) {
  const pass = passOf(network, image);
  const learnt = labelsOf(network, pass, labels);
  return { network, image, pass, labels: learnt, gradients: () => gradientsOf(network, pass, learnt) };
}

/** Without a label the network's own answer counts as right. */
function supposedLabel({ answer }, { data }) {
  if (answer.kind === "numbers") return [...data];
  if (answer.kind === "labels") return Array.from(data, (value) => Number(value >= 0.5));
  return answerOf(data);
}

/** Return the network's answer: the index of the largest probability; of a single one, 0 or 1. */
export function answerOf(probabilities) {
  if (probabilities.length === 1) return probabilities[0] >= 0.5 ? 1 : 0;
  return probabilities.reduce((best, value, place, all) => (value > all[best] ? place : best), 0);
}
