/** Picks a weight: one filter's cells, and which of the maps before it they read. */

import { indexOf } from "#page/arithmetic/network.js";
import { within } from "#page/view/arrows.js";
import { counter } from "#page/view/choice.js";
import { largestSize, signedScale } from "#page/view/colours.js";
import { element, setText } from "#page/view/dom.js";
import { alike, formatNumber } from "#page/view/format.js";
import { eitherGrid } from "#page/view/grids.js";
import { say } from "#page/view/language.js";
import { kernelLayout, kernelReader } from "#page/view/selection.js";

/** Return the weight with the steepest gradient, to begin with: nothing, where the layer has no kernel. */
export function steepestWeight({ network, layer, index }, calculation, target) {
  const layout = target === "kernel" && kernelLayout(network, layer);
  if (!layout) return {};
  const { shape, data } = calculation.gradients().weights[layer][target];
  let best = index.at(-1);
  for (let at = best; at < data.length; at += shape.at(-1)) {
    if (Math.abs(data[at]) > Math.abs(data[best])) best = at;
  }
  const [row, column, group] = layout.place(indexOf(shape, best).slice(0, -1));
  return { group, weight: [row, column] };
}

/** Make an empty picker, of the weights and of their gradients. */
export function weightPicker(store) {
  const pick = (row, column) => store.set({ weight: [row, column] });
  const kinds = ["weights", "gradients"].map((kind) => ({
    kind,
    caption: element("figcaption"),
    grid: eitherGrid({ onPick: pick, follows: true }),
  }));
  const map = counter((group) => store.set({ group }));
  const figures = kinds.map(({ caption, grid }) => element("figure", {}, caption, grid.element));
  const root = element("div.weight-picker", {}, map.element, ...figures);
  return {
    element: root,
    show(state, calculation, shown) {
      const { network, layer, index, target, weight, digits, theme } = state;
      root.hidden = !shown;
      if (!shown) return;
      const layout = kernelLayout(network, layer);
      const { rows, columns, maps } = layout;
      const group = within(state.group ?? 0, maps);
      map.element.hidden = maps === 1;
      map.show(say("weight.map"), group, maps);
      const all = { weights: network.layers[layer].weights, gradients: calculation.gradients().weights[layer] };
      for (const { kind, caption, grid } of kinds) {
        const values = all[kind][target];
        const label = say(`weight.${kind}`, { map: index.at(-1) });
        const value = kernelReader(layout, values, index.at(-1), group);
        const largest = largestSize(values.data);
        const { power, write } = alike(largest, digits);
        setText(caption, `${label} ${power}`);
        grid.show({
          label,
          rows,
          columns,
          value,
          name: (row, column) =>
            say("weight.cell", { row, column, value: formatNumber(value(row, column) ?? 0, digits) }),
          scale: signedScale(largest, theme),
          write,
          picked: [within(weight[0], rows), within(weight[1], columns)],
        });
      }
    },
  };
}
