/** All layers, side by side: each map as a little picture, redrawn with every stroke of the pen. */

import { choice } from "#page/view/choice.js";
import { element } from "#page/view/dom.js";
import { say } from "#page/view/language.js";
import { layerCard } from "#page/view/layer_card.js";

/**
 * Make a card for the image and for every layer.
 *
 * @param {HTMLElement} root
 * @param {import("#page/view/store.js").Store} store
 * @returns {(state: object, calculation: import("#page/view/calculation.js").Calculation) => void}
 */
export function mountLayers(root, store) {
  const { network } = store.get();
  const cards = Array.from({ length: network.layers.length + 1 }, (_, place) => layerCard(store, place - 1));
  const shown = choice((direction) => store.set({ direction, target: "cell", group: null, pointed: null }));
  const steps = cards.map((card, number) => {
    const follows = number > 0 && network.layers[number - 1].from.includes(number - 2);
    const arrow = follows ? element("span.arrow", { "aria-hidden": "true" }, "→") : null;
    return element("div.layer-step", {}, arrow, card.element);
  });
  root.append(shown.element, element("div.strip-of-layers", {}, ...steps));
  return (state, calculation) => {
    const options = [["forward", say("layers.outputs")], ["backward", say("layers.gradients")]];
    shown.show(say("layers.shown"), options, state.direction);
    shown.element.hidden = network.loss.name === null;
    for (const card of cards) card.show(state, calculation);
  };
}
