/** All layers, side by side: each map as a little picture, redrawn with every stroke of the pen. */

import { choice } from "#page/view/choice.js";
import { element } from "#page/view/dom.js";
import { say } from "#page/view/language.js";
import { layerCard } from "#page/view/layer_card.js";
import { placesOf } from "#page/view/layouts.js";
import { links, receptiveField } from "#page/view/links.js";
import { shownIndex } from "#page/view/selection.js";

/** Fill the layers' place: a card for the image and for every layer. */
export function mountLayers(root, store) {
  const { network } = store.get();
  let latest = null; // state and calculation
  const point = (layer, index) => {
    if (!latest) return;
    const [state, { pass }] = latest;
    link(state.network, pass, layer, index);
    const [place, cell] = index ? [layer, index] : [state.layer, shownIndex(state)];
    for (const input of network.inputs.filter(({ picture }) => picture)) {
      lightUp(cardOf(input.layer), receptiveField(state.network, pass, place, cell, input.layer));
    }
  };
  const places = placesOf(network);
  const cards = places.map((place) => layerCard(store, place, point));
  const cardOf = (layer) => cards[layer - places[0]].element;
  const shown = choice((direction) => store.set({ direction, target: "cell", group: null, pointed: null }));
  const steps = places.map((place, number) => {
    const follows = number > 0 && network.layers[place].from.includes(place - 1);
    const arrow = follows ? element("span.arrow", { "aria-hidden": "true" }, "→") : null;
    return element("div.layer-step", {}, arrow, cardOf(place));
  });
  const strip = element("div.strip-of-layers", {}, ...steps);
  const link = links(strip, (layer, map) => {
    const card = cardOf(layer);
    return card.querySelectorAll(".map")[map] ?? card.querySelector(".map-figure");
  });
  root.append(shown.element, strip);
  return (state, calculation) => {
    const options = [["forward", say("layers.outputs")], ["backward", say("layers.gradients")]];
    shown.show(say("layers.shown"), options, state.direction);
    shown.element.hidden = !network.learns;
    for (const card of cards) card.show(state, calculation);
    latest = [state, calculation];
    point(state.layer, null);
  };
}

/** Frame a part of the image, for as long as a cell is pointed at or picked; null: nothing of it. */
function lightUp(card, field) {
  card.classList.toggle("framed-image", field !== null);
  for (const [side, part] of Object.entries(field ?? {})) card.style.setProperty(`--field-${side}`, `${100 * part}%`);
}
