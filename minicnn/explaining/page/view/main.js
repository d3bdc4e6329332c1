/** Where the page begins: read the network, make the cards, draw them whenever something changes. */

import { forward, readNetwork, zeros } from "#page/arithmetic/network.js";
import { mountAnswer } from "#page/view/answer.js";
import { mountBoard } from "#page/view/board.js";
import { calculate } from "#page/view/calculation.js";
import { readJson, setAttribute, setText } from "#page/view/dom.js";
import { mountHistory } from "#page/view/history.js";
import { mountLayers } from "#page/view/layer_cards.js";
import { keepLink, readLink } from "#page/view/link.js";
import { mountInspector } from "#page/view/inspector.js";
import { strongestIndex } from "#page/view/selection.js";
import { mountSlide } from "#page/view/slide.js";
import { createStore } from "#page/view/store.js";
import { mountSwitches, themeOfDevice } from "#page/view/switches.js";
import { mountTrainer } from "#page/view/trainer.js";
import { UNTRAINED } from "#page/view/training_run.js";

const network = readNetwork(readJson("network-data"));
const views = [];
const store = createStore(firstState(), redraw);

setText(document.getElementById("model-name"), network.name);
if (!network.inputs.some(({ picture }) => picture) || network.given.length > 0) {
  for (const key of ["chapter.network.numbers", "network.title.numbers", "network.lead.numbers"]) {
    const place = document.querySelector(`[data-text="${key.replace(".numbers", "")}"]`);
    setAttribute(place, "data-text", key);
  }
}
for (const [id, mount] of [
  ["switches", mountSwitches], // first: it chooses the language
  ["board", mountBoard],
  ["answer", mountAnswer],
  ["history", mountHistory],
  ["layers", mountLayers],
  ["inspector", mountInspector],
  ["trainer", mountTrainer],
  ["slider", mountSlide],
]) {
  views.push(mount(document.getElementById(id), store));
}
views.push(keepLink(store));
redraw(store.get());

function redraw(state) {
  const calculation = calculate(state);
  for (const show of views) show(state, calculation);
}

/** The first example, and the cell of the first filters that answers it most strongly. */
function firstState() {
  const link = readLink(network);
  const example = link.example ?? (network.examples.length > 0 ? 0 : null);
  const image = example === null ? zeros(network.inputShape) : network.examples[example].image;
  const filters = network.layers.findIndex(({ family }) => family === "convolution");
  const layer = filters < 0 ? network.layers.length - 1 : filters;
  return {
    network,
    untrained: network,
    image,
    example,
    blank: example === null && network.inputs.every(({ picture }) => picture),
    labels: example === null ? network.outputs.map(() => null) : network.examples[example].labels,
    direction: "forward",
    target: "cell",
    layer,
    index: strongestIndex(forward(network, image).outputs[layer]),
    group: null,
    weight: [0, 0],
    pointed: null,
    history: [],
    ...UNTRAINED,
    optimizer: network.optimizers[0],
    language: document.documentElement.lang,
    theme: themeOfDevice(),
    ownTheme: false,
    digits: 3,
    drawings: {},
    ...link,
  };
}
