/** A list to say the right answer with. */

import { list } from "#page/view/choice.js";
import { say } from "#page/view/language.js";

/**
 * Make the list; it stays hidden where there are no classes to choose from.
 *
 * @param {import("#page/view/store.js").Store} store
 * @returns {{element: HTMLElement, show: (label: any, shown?: boolean) => void}}
 */
export function answerList(store) {
  const { classNames, loss } = store.get().network;
  const answers = classNames.map((name, place) => [String(place), name]);
  const names = list((value) => store.set({ label: Number(value), previous: null }));
  return {
    element: names.element,
    show(label, shown = true) {
      names.element.hidden = !shown || !loss.name.includes("crossentropy");
      names.show(say("trainer.label"), answers, String(label));
    },
  };
}
