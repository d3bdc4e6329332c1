/** A field for the right answer: a list of classes, or one number. */

import { list } from "#page/view/choice.js";
import { element, setText } from "#page/view/dom.js";
import { say } from "#page/view/language.js";

/**
 * Make the field; it stays hidden if an answer is more than one class or number.
 *
 * @param {import("#page/view/store.js").Store} store
 * @returns {{element: HTMLElement, show: (label: any, shown?: boolean) => void}}
 */
export function answerList(store) {
  const { answer, classNames } = store.get().network;
  const learn = (value) => store.set({ label: Number(value), previous: null });
  if (answer.kind !== "numbers") {
    const answers = classNames.map((name, unit) => [String(unit), name]);
    const names = list(learn);
    return {
      element: names.element,
      show(label, shown = true) {
        names.element.hidden = !shown || answer.kind === "labels";
        names.show(say("trainer.label"), answers, String(label));
      },
    };
  }
  const title = element("span.name");
  const input = /** @type {HTMLInputElement} */ (
    element("input", {
      type: "number",
      step: "any",
      onInput: () => input.value !== "" && learn(input.value),
    })
  );
  const field = element("label.field", {}, title, input);
  return {
    element: field,
    show(label, shown = true) {
      field.hidden = !shown || classNames.length > 1;
      setText(title, say("trainer.label"));
      if (document.activeElement !== input) input.value = String([label].flat()[0]);
    },
  };
}
