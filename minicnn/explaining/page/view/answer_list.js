/** Fields for the right answers: for each output a list of classes, or one number. */

import { counter, list } from "#page/view/choice.js";
import { element } from "#page/view/dom.js";
import { say } from "#page/view/language.js";

/** Make a field for each output; it stays hidden if an answer is more than one class or number. */
export function answerLists(store) {
  const { outputs } = store.get().network;
  const fields = outputs.map(({ answer }, place) => {
    const learn = (value) => store.set({ labels: store.get().labels.with(place, Number(value)), previous: null });
    return answer.kind === "numbers" ? counter(learn, "any") : list(learn);
  });
  return {
    element: element("div.answers", {}, ...fields.map((field) => field.element)),
    show(labels, shown = true) {
      outputs.forEach(({ answer, classNames, name }, place) => {
        const field = fields[place];
        const areNumbers = answer.kind === "numbers";
        const legend = outputs.length > 1 ? `${say("trainer.label")}: ${name}` : say("trainer.label");
        field.element.hidden = !shown || answer.kind === "labels" || (areNumbers && classNames.length > 1);
        if (areNumbers) field.show(legend, [labels[place]].flat()[0], Infinity, -Infinity);
        else field.show(legend, classNames.map((one, unit) => [String(unit), one]), String(labels[place]));
      });
    },
  };
}
