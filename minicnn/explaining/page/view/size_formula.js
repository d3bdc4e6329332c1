/** The output's size, as a formula with the numbers put in. */

import { element, setText } from "#page/view/dom.js";
import { say } from "#page/view/language.js";

/**
 * Make an empty formula.
 *
 * @returns {{element: HTMLElement, show: (axis: object) => void}}
 */
export function sizeFormula() {
  const title = element("h3");
  const words = element("p.formula");
  const numbers = element("p.formula.numbers-in", { id: "size-formula" });
  const notes = element("ul");
  return {
    element: element("div.size-formula", { role: "status" }, title, words, numbers, notes),
    show(axis) {
      const { input, before, after, extent, kernel, stride, padding, dilation, size, padded, steps } = axis;
      setText(title, say("formula.title", { size }));
      setText(words, say("formula.words"));
      setText(numbers, axis.text);
      const unseen = padded - (steps * stride + extent);
      const lines = [
        say("formula.window", { kernel, dilation, extent }),
        padding === "same"
          ? say("formula.same", { input, stride, size, total: before + after, before, after })
          : say("formula.valid"),
        unseen > 0 ? say("formula.unseen", { unseen }) : null,
      ].filter(Boolean);
      notes.replaceChildren(...lines.map((line) => element("li", {}, line)));
    },
  };
}
