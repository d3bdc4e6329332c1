/** The training, played: weights of a few steps take the network's place, and everything is redrawn. */

import { trainedNetworks } from "#page/arithmetic/network.js";
import { largestSize, paint, signedScale } from "#page/view/colours.js";
import { lossCurve } from "#page/view/curve.js";
import { element, setAttribute, setText } from "#page/view/dom.js";
import { formatNumber } from "#page/view/format.js";
import { say } from "#page/view/language.js";
import { player } from "#page/view/player.js";
import { kernelLayout, kernelReader } from "#page/view/selection.js";
import { UNTRAINED } from "#page/view/training_run.js";

const PAUSE = 350; // milliseconds
const MOST_FILTERS = 64;

/** Fill the training's card; without snapshots it stays hidden. */
export function mountHistory(root, store) {
  const { network } = store.get();
  if (!network.training) return () => {};
  root.hidden = false;
  const { snapshots, losses } = network.training;
  const networks = trainedNetworks(network);
  const go = (place) => store.set({ ...UNTRAINED, network: networks[place] });
  const walk = player(go, PAUSE);
  const onInput = () => go(Number(slider.value));
  const slider = element("input", { type: "range", min: 0, max: networks.length - 1, onInput });
  const curve = lossCurve();
  const says = element("p.remark", { role: "status" });
  const drawn = element("div.training-curve", {}, curve.element, slider);
  const filters = firstFilters(network);
  root.append(element("div.controls", {}, walk.element, says), drawn, filters.element);
  return (state) => {
    const place = networks.indexOf(state.network);
    const text = place < 0 ? say("history.changed") : snapshotText(network, place, state.digits);
    if (place >= 0) {
      slider.value = String(place);
      walk.show({ step: place, count: networks.length });
      curve.show(losses, snapshots.at(-1).step, snapshots[place].step);
    }
    setAttribute(drawn, "title", say("history.curve"));
    setAttribute(slider, "aria-label", say("history.slider"));
    setAttribute(slider, "aria-valuetext", text);
    setText(says, text);
    filters.show(state);
  };
}

/** "Step 512 of 5,625, loss 0.31, 18 of 20 examples right". */
function snapshotText({ training, examples }, place, digits) {
  const { step, right } = training.snapshots[place];
  const count = training.snapshots.at(-1).step;
  const loss = training.losses.findLast(([end]) => end <= step)?.[1] ?? training.losses[0]?.[1];
  return [
    say("history.step", { step, count }),
    loss === undefined || loss === null ? "" : say("history.loss", { loss: formatNumber(loss, digits) }),
    right === null ? "" : say("history.right", { right, count: examples.length }),
  ].filter(Boolean).join(", ");
}

/** The first layer's filters as little pictures; of a Dense layer what each unit weighs. */
function firstFilters(network) {
  const layer = network.layers.findIndex((_, place) => (kernelLayout(network, place)?.rows ?? 1) > 1);
  if (layer < 0) return { element: element("div"), show() {} };
  const layout = kernelLayout(network, layer);
  const { kernel } = network.layers[layer].weights;
  const count = Math.min(kernel.shape.at(-1), MOST_FILTERS);
  const canvases = Array.from({ length: count }, () => element("canvas"));
  const caption = element("p.part-title");
  return {
    element: element("div", {}, caption, element("div.filters", { "aria-hidden": "true" }, ...canvases)),
    show({ network: { layers }, theme }) {
      const { name, weights } = layers[layer];
      const scale = signedScale(largestSize(weights.kernel.data), theme);
      setText(caption, say("history.filters", { layer: name }));
      canvases.forEach((canvas, filter) =>
        paint(canvas, { ...layout, value: kernelReader(layout, weights.kernel, filter, 0), scale }),
      );
    },
  };
}
