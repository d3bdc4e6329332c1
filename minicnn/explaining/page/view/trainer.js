/** One training step: the right answer, the rate, the step, and how the probabilities moved. */

import { explainLoss, forward, learningRate } from "#page/arithmetic/network.js";
import { answerLists } from "#page/view/answer_list.js";
import { choice, list } from "#page/view/choice.js";
import { lossCurve } from "#page/view/curve.js";
import { button, element, setAttribute, setText } from "#page/view/dom.js";
import { formatNumber } from "#page/view/format.js";
import { say } from "#page/view/language.js";
import { outputBars } from "#page/view/outputs.js";
import { remember } from "#page/view/store.js";
import { UNTRAINED, lessonsOf, train } from "#page/view/training_run.js";

const SCHEDULE = "schedule";
const STEPS = [["step", 1], ["steps", 10], ["many-steps", 100]]; // buttons
const RATES = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1];

/** Fill the trainer's card. */
export function mountTrainer(root, store) {
  const { network } = store.get();
  if (!network.learns) return cannotLearn(root, network);
  const labels = answerLists(store);
  const optimizer = list((value) => store.set({ optimizer: network.optimizers[Number(value)] }));
  const rate = rateList(store);
  let inTurn = false;
  const from = choice((value) => {
    inTurn = value === "examples";
    store.set({});
  });
  from.element.hidden = lessonsOf(network).length < 2;
  const steps = STEPS.map(([id, count]) => button(() => train(store, count, inTurn), { id }));
  steps[0].classList.add("primary");
  const stop = button(() => store.set({ running: null }), { id: "stop" });
  const reset = button(() => store.set({ ...UNTRAINED, network: store.get().untrained }), { id: "reset" });
  const heading = element("h3");
  const loss = element("p.loss", { role: "status" });
  const sentence = element("p.equation");
  const hint = element("p.remark");
  const bars = network.outputs.map((output) => outputBars(output));
  const named = bars.flatMap(({ element: drawn }, place) => [
    element("h4", { hidden: bars.length === 1 }, network.outputs[place].name), drawn,
  ]);
  const another = element("p.remark", { hidden: network.unknownOptimizer === null && network.leftOut === 0 });
  const key = element("p.remark");
  const curve = trainingCurve(network);
  root.append(
    another,
    element("div.controls", {}, labels.element, from.element, optimizer.element, rate.element),
    element("div.controls.buttons", {}, ...steps, stop, reset),
    curve.element,
    element(
      "div.trained", {},
      element("div", {}, heading, loss, sentence, hint),
      element("div", {}, ...named, key),
    ),
  );
  const lossOf = remember(explainLoss);
  const passBefore = remember(forward);

  return (state, calculation) => {
    const { pass } = calculation;
    const explanation = lossOf(state.network, pass, calculation.labels);
    const before = state.previous && passBefore(state.previous, state.image);
    const was = before ? explainLoss(state.previous, before, calculation.labels).value : NaN;
    labels.show(calculation.labels);
    const optimizers = network.optimizers.map(({ text }, number) => [String(number), text]);
    const chosen = network.optimizers.findIndex((one) => one.arguments === state.optimizer.arguments);
    optimizer.show(say("trainer.optimizer"), optimizers, String(chosen));
    rate.show(state);
    setText(another, aboutOptimizer(network));
    const sources = ["shown", "examples"].map((one) => [one, say(`trainer.from.${one}`)]);
    from.show(say("trainer.from"), sources, inTurn ? "examples" : "shown");
    STEPS.forEach(([, count], number) => {
      setText(steps[number], say(count > 1 ? "trainer.steps" : "trainer.step", { count }));
    });
    setText(stop, say("trainer.stop"));
    stop.disabled = !state.running;
    setText(reset, say("trainer.reset"));
    reset.disabled = state.steps === 0;
    curve.show(state);
    setText(heading, say("trainer.count", { count: state.steps }));
    const [value, old] = [explanation.value, was].map((one) => formatNumber(one, state.digits));
    setText(loss, before ? say("trainer.losses", { was: old, value }) : say("trainer.loss", { value }));
    setAttribute(loss, "data-loss", explanation.value);
    setText(sentence, lossEquation(network, explanation, state.digits));
    setText(hint, say(explanation.value < 0.01 && state.steps === 0 ? "trainer.hint.right" : "trainer.hint"));
    bars.forEach((one, place) => one.show(pass.answers[place].data, before?.answers[place].data, state.digits));
    setText(key, say("trainer.key"));
    key.hidden = !before;
  };
}

/** What the steps here do without: an optimizer that is unknown, or what it keeps from the training. */
function aboutOptimizer({ unknownOptimizer, optimizers: [own], leftOut }) {
  if (unknownOptimizer !== null) return say("trainer.another", { name: unknownOptimizer });
  return say("trainer.leftOut", { name: own.name, size: formatNumber(leftOut / 1e6, 2) });
}

/** Say that the page cannot compute the way back. */
function cannotLearn(root, network) {
  const remark = element("p.remark");
  root.append(remark);
  const given = network.given.join(", ");
  const key = given ? "trainer.given" : "trainer.unknown";
  return () => setText(remark, say(key, { name: given || network.unknown }));
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

/** The curve of the steps on this page, and its last point in words: what was learnt, and what forgotten. */
function trainingCurve(network) {
  const curve = lossCurve();
  const [says, key] = [element("p", { role: "status", id: "learnt" }), element("p.remark")];
  const count = lessonsOf(network).length;
  return {
    element: element("div.training-curve", {}, curve.element, says, key),
    show({ curve: points, steps, digits }) {
      this.element.hidden = points.length === 0;
      if (points.length === 0) return;
      const [, loss, right] = points.at(-1);
      curve.show(points, steps, steps);
      const counted = (part) => Math.round(part * count);
      const words = [say("history.loss", { loss: formatNumber(loss ?? NaN, digits) })];
      if (right !== null) {
        words.push(say("trainer.right", { right: counted(right), count, before: counted(points[0][2]) }));
      }
      setText(says, words.join(", "));
      setText(key, say(right === null ? "trainer.curve" : "trainer.curves"));
    },
  };
}

/** "−ln 0.983 = 0.0171": what the loss is made of; of several outputs "3·class_loss + …". */
function lossEquation({ outputs }, explanation, digits) {
  const learnt = explanation.outputs.map((one, place) => one && { ...one, output: outputs[place] }).filter(Boolean);
  if (learnt.length === 1 && learnt[0].weight === 1) return outputEquation(learnt[0], digits);
  const weighted = (weight) => (weight === 1 ? "" : `${weight} · `);
  const parts = learnt.map(({ weight, value }) => weighted(weight) + formatNumber(value, digits));
  const penalty = explanation.penalty === 0 ? [] : [formatNumber(explanation.penalty, digits)];
  const whole = `${[...parts, ...penalty].join(" + ")} = ${formatNumber(explanation.value, digits)}`;
  return [whole, ...learnt.map((one) => `${one.output.name}: ${outputEquation(one, digits)}`)].join("\n");
}

/** "−ln 0.983 = 0.0171", where the loss of an output is one term; else its name. */
function outputEquation({ name, terms, value, output: { classNames } }, digits) {
  const right = terms.filter(({ target }) => target !== 0);
  const isOne = right.length === 1 && name.endsWith("categorical_crossentropy");
  if (!isOne) return `${name} = ${formatNumber(value, digits)}`;
  const [{ index, output, product }] = right;
  return say("trainer.equation", {
    name: classNames[index.at(-1)],
    probability: formatNumber(output, digits),
    value: formatNumber(product, digits),
  });
}
