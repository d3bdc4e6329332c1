/** Fields for the right answers: for each output a list of classes, or one number. */

import { counter, list } from "#page/view/choice.js";
import { element } from "#page/view/dom.js";
import { say } from "#page/view/language.js";

/**
 * Make a field for each output.
 *
 * @param {import("#page/view/store.js").Store} store
 * @returns {{element: HTMLElement, show: (labels: any[], shown?: boolean) => void}}
 */
export function answerLists(store) {
  const { outputs } = store.get().network;
  const fields = outputs.map((output, place) =>
    answerList(output, (value) => {
      const labels = store.get().labels.with(place, Number(value));
      store.set({ labels, previous: null });
    }),
  );
  return {
    element: element("div.answers", {}, ...fields.map((field) => field.element)),
    show(labels, shown = true) {
      fields.forEach((field, place) => {
        const right = say("trainer.label");
        field.show(outputs.length > 1 ? `${right}: ${outputs[place].name}` : right, labels[place], shown);
      });
    },
  };
}

/** The field of one output; it stays hidden if an answer is more than one class or number. */
function answerList({ answer, classNames }, learn) {
  if (answer.kind !== "numbers") {
    const answers = classNames.map((name, unit) => [String(unit), name]);
    const names = list(learn);
    return {
      element: names.element,
      show(text, label, shown) {
        names.element.hidden = !shown || answer.kind === "labels";
        names.show(text, answers, String(label));
      },
    };
  }
  const number = counter(learn, "any");
  return {
    element: number.element,
    show(text, label, shown) {
      number.element.hidden = !shown || classNames.length > 1;
      number.show(text, [label].flat()[0], Infinity, -Infinity);
    },
  };
}
