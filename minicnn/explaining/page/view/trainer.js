/** One training step: the right answer, the rate, the step, and how the probabilities moved. */

import { explainLoss, forward, trainStep } from "#page/arithmetic/network.js";
import { answerList } from "#page/view/answer_list.js";
import { calculate } from "#page/view/calculation.js";
import { choice, list } from "#page/view/choice.js";
import { element, setAttribute, setText } from "#page/view/dom.js";
import { formatNumber } from "#page/view/format.js";
import { say } from "#page/view/language.js";
import { outputBars, outputNames } from "#page/view/outputs.js";
import { remember } from "#page/view/store.js";

const RATES = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1];

/**
 * Fill the trainer's card.
 *
 * @param {HTMLElement} root
 * @param {import("#page/view/store.js").Store} store
 * @returns {(state: object, calculation: import("#page/view/calculation.js").Calculation) => void}
 */
export function mountTrainer(root, store) {
  const { network } = store.get();
  if (network.loss.name === null) return cannotLearn(root, network);
  const rates = [...new Set([...RATES, network.optimizer.learningRate])].sort((a, b) => a - b);
  const names = outputNames(network);
  const label = answerList(store);
  const optimizer = choice((value) => store.set({ optimizer: value }));
  const rate = list((value) => store.set({ learningRate: Number(value) }));
  const step = element("button.primary", { type: "button", id: "step", onClick: () => learn(store) });
  const reset = element("button", { type: "button", onClick: () => forget(store) });
  const heading = element("h3");
  const loss = element("p.loss", { role: "status" });
  const sentence = element("p.equation");
  const hint = element("p.remark");
  const bars = outputBars(network);
  const another = element("p.remark", { hidden: network.optimizer.unknown === null });
  const key = element("p.remark");
  root.append(
    another,
    element("div.controls", {}, label.element, optimizer.element, rate.element, step, reset),
    element(
      "div.trained", {},
      element("div", {}, heading, loss, sentence, hint),
      element("div", {}, bars.element, key),
    ),
  );
  const lossOf = remember(explainLoss);
  const passBefore = remember(forward);

  return (state, calculation) => {
    const { pass } = calculation;
    const explanation = lossOf(state.network, pass, calculation.label);
    const before = state.previous && passBefore(state.previous, state.image);
    const was = before && explainLoss(state.previous, before, calculation.label).value;
    label.show(calculation.label);
    optimizer.show(say("trainer.optimizer"), [["sgd", "SGD"], ["adam", "Adam"]], state.optimizer);
    rate.show(say("trainer.rate"), rates.map((one) => [String(one), String(one)]), String(state.learningRate));
    setText(another, say("trainer.another", { name: network.optimizer.unknown }));
    setText(step, say("trainer.step"));
    setText(reset, say("trainer.reset"));
    reset.disabled = state.steps === 0;
    setText(heading, say("trainer.count", { count: state.steps }));
    setText(loss, lossText(explanation.value, was, state.digits));
    setAttribute(loss, "data-loss", explanation.value);
    setText(sentence, lossEquation(explanation, names, state.digits));
    setText(hint, say(explanation.value < 0.01 && state.steps === 0 ? "trainer.hint.right" : "trainer.hint"));
    bars.show(pass.probabilities.data, before && before.probabilities.data, state.digits);
    setText(key, say("trainer.key"));
    key.hidden = !before;
  };
}

/** Say that the page cannot compute the way back. */
function cannotLearn(root, network) {
  const remark = element("p.remark");
  root.append(remark);
  const given = network.given.join(", ");
  const key = given ? "trainer.given" : "trainer.unknown";
  return () => setText(remark, say(key, { name: given || network.loss.unknown }));
}

/** Take one step with the picture that is shown. */
function learn(store) {
  const { network, label, learningRate, optimizer, steps } = store.get();
  const { gradients, label: learnt } = calculate(store.get());
  const trained = trainStep(network, gradients(), learningRate, optimizer);
  store.set({ network: trained, previous: network, steps: steps + 1, label: label ?? learnt });
}

function forget(store) {
  store.set({ network: store.get().untrained, previous: null, steps: 0 });
}

function lossText(now, was, digits) {
  const value = formatNumber(now, digits);
  if (was === null) return say("trainer.loss", { value });
  return say("trainer.losses", { was: formatNumber(was, digits), value });
}

/** "−ln 0.983 = 0.0171": what the loss is made of, where that is one term. */
function lossEquation({ name, terms, value }, names, digits) {
  const right = terms.filter(({ target }) => target !== 0);
  if (!name.includes("categorical") || right.length !== 1) return `${name} = ${formatNumber(value, digits)}`;
  const [{ index, output, product }] = right;
  return say("trainer.equation", {
    name: names[index.at(-1)],
    probability: formatNumber(output, digits),
    value: formatNumber(product, digits),
  });
}
