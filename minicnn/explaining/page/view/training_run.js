/** Many training steps, in slices between the frames, so that the page goes on answering. */

import { backward, explainLoss, forward, trainStep } from "#page/arithmetic/network.js";
import { calculate } from "#page/view/calculation.js";
import { isAnswer, isRight } from "#page/view/outputs.js";

const SLICE = 25; // milliseconds
const REDRAWN_EVERY = 300; // milliseconds
const CHECKS = 10; // points of the curve in a run

/** What is known of a network that has not been trained on this page. */
export const UNTRAINED = { previous: null, steps: 0, curve: [], running: null };

/** Return the examples whose right answers are known. */
export function lessonsOf({ examples, outputs }) {
  return examples.filter(({ labels }) =>
    labels.every((label, place) => label !== null || outputs[place].loss.name === null),
  );
}

/** Take steps with the image that is shown, or with the examples in turn, until `running` is something else. */
export function train(store, count, inTurn) {
  const { network: start, image, steps, curve } = store.get();
  const { labels } = calculate(store.get());
  const lessons = inTurn ? lessonsOf(start) : [{ image, labels }];
  const run = { network: start, steps, curve };
  const job = work();
  store.set({ running: job, previous: start, labels });
  let drawn = 0;
  slice();

  function* work() {
    const every = Math.ceil(count / CHECKS);
    for (let done = 1; done <= count; done += 1) {
      const lesson = lessons[run.steps % lessons.length];
      const pass = forward(run.network, lesson.image);
      run.network = trainStep(run.network, backward(run.network, pass, lesson.labels), store.get().optimizer);
      run.steps += 1;
      yield;
      if (run.curve.length === 0) yield* check(start, 0);
      if (done % every === 0) yield* check(run.network, run.steps);
    }
  }

  /** Add a point to the curve: the loss of the lessons, and the part of the examples that is right. */
  function* check(network, step) {
    const examples = lessonsOf(network);
    let loss = 0;
    let right = 0;
    for (const one of new Set([...lessons, ...examples])) {
      const pass = forward(network, one.image);
      if (lessons.includes(one)) loss += explainLoss(network, pass, one.labels).value / lessons.length;
      if (examples.includes(one)) right += Number(areRight(network, one.labels, pass.answers));
      yield;
    }
    const areAnswers = network.outputs.some(isAnswer) && examples.length > 0;
    const part = areAnswers ? right / examples.length : null;
    run.curve = [...run.curve, [step, Number.isFinite(loss) ? loss : null, part]];
  }

  function slice() {
    if (store.get().running !== job) return;
    const end = performance.now() + SLICE;
    let finished = job.next().done;
    while (!finished && performance.now() < end) finished = job.next().done;
    if (finished || end > drawn + REDRAWN_EVERY) {
      store.set({ ...run, running: finished ? null : job });
      drawn = end;
    }
    if (!finished) requestAnimationFrame(() => setTimeout(slice));
  }
}

/** Whether all outputs that are answers are right; numbers are only near. */
function areRight({ outputs }, labels, answers) {
  return outputs.every((output, place) => !isAnswer(output) || isRight(output, labels[place], answers[place].data));
}
