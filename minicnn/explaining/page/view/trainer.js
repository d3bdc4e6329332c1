/** One training step: the right answer, the rate, the step, and how the probabilities moved. */

import { explainLoss, forward, learningRate, trainStep } from "#page/arithmetic/network.js";
import { answerList } from "#page/view/answer_list.js";
import { calculate } from "#page/view/calculation.js";
import { list } from "#page/view/choice.js";
import { element, setAttribute, setText } from "#page/view/dom.js";
import { formatNumber } from "#page/view/format.js";
import { say } from "#page/view/language.js";
import { outputBars, outputNames } from "#page/view/outputs.js";
import { remember } from "#page/view/store.js";

const SCHEDULE = "schedule";
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
  const names = outputNames(network);
  const label = answerList(store);
  const optimizer = list((value) => store.set({ optimizer: network.optimizers[Number(value)] }));
  const rate = rateList(store);
  const step = element("button.primary", { type: "button", id: "step", onClick: () => learn(store) });
  const reset = element("button", { type: "button", onClick: () => forget(store) });
  const heading = element("h3");
  const loss = element("p.loss", { role: "status" });
  const sentence = element("p.equation");
  const hint = element("p.remark");
  const bars = outputBars(network);
  const another = element("p.remark", { hidden: network.unknownOptimizer === null });
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
    const optimizers = network.optimizers.map(({ text }, number) => [String(number), text]);
    const chosen = network.optimizers.findIndex((one) => one.arguments === state.optimizer.arguments);
    optimizer.show(say("trainer.optimizer"), optimizers, String(chosen));
    rate.show(state);
    setText(another, say("trainer.another", { name: network.unknownOptimizer }));
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
  const { network, label, optimizer, steps } = store.get();
  const { gradients, label: learnt } = calculate(store.get());
  const trained = trainStep(network, gradients(), optimizer);
  store.set({ network: trained, previous: network, steps: steps + 1, label: label ?? learnt });
}

/** A list of learning rates: the optimizer's own, which may follow a schedule, and others. */
function rateList(store) {
  const ownRates = ({ network, optimizer }) =>
    network.optimizers.find((one) => one.arguments === optimizer.arguments).rates;
  const rate = list((value) => {
    const { optimizer } = store.get();
    store.set({ optimizer: { ...optimizer, rates: value === SCHEDULE ? ownRates(store.get()) : [Number(value)] } });
  });
  return {
    element: rate.element,
    show(state) {
      const { network, optimizer, digits } = state;
      const [own, isOwn] = [ownRates(state), optimizer.rates.length > 1];
      const now = formatNumber(isOwn ? learningRate(network, optimizer) : own[0], digits);
      const fixed = [...new Set([...RATES, ...(own.length > 1 ? [] : own)])].sort((a, b) => a - b).map(String);
      const options = fixed.map((one) => [one, one]);
      if (own.length > 1) options.unshift([SCHEDULE, say("trainer.schedule", { rate: now })]);
      rate.show(say("trainer.rate"), options, isOwn ? SCHEDULE : String(optimizer.rates[0]));
    },
  };
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
