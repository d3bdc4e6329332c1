/** Picks a weight: one filter's cells, and which of the maps before it they read. */

import { at } from "#page/arithmetic/network.js";
import { within } from "#page/view/arrows.js";
import { counter } from "#page/view/choice.js";
import { largestSize, signedScale } from "#page/view/colours.js";
import { element, setText } from "#page/view/dom.js";
import { eitherGrid } from "#page/view/either_grid.js";
import { alike, formatNumber } from "#page/view/format.js";
import { say } from "#page/view/language.js";
import { kernelLayout } from "#page/view/selection.js";

/**
 * Return the weight of a map with the steepest gradient: to begin with.
 *
 * @param {import("#page/view/store.js").State} state
 * @param {object} calculation
 * @param {string} target
 * @returns {{group?: number, weight?: number[]}} nothing, where the layer has no kernel
 */
export function steepestWeight({ network, layer, index }, calculation, target) {
  const layout = target === "kernel" && kernelLayout(network, layer);
  if (!layout) return {};
  const gradient = calculation.gradients().weights[layer][target];
  let best = { size: -1 };
  for (let map = 0; map < layout.maps; map += 1) {
    for (let row = 0; row < layout.rows; row += 1) {
      for (let column = 0; column < layout.columns; column += 1) {
        const place = layout.index(row, column, map);
        const size = place ? Math.abs(at(gradient, [...place, index.at(-1)])) : -1;
        if (size > best.size) best = { size, group: map, weight: [row, column] };
      }
    }
  }
  return { group: best.group, weight: best.weight };
}

/**
 * Make an empty picker.
 *
 * @param {import("#page/view/store.js").Store} store
 * @returns {{element: HTMLElement, show: (state: object, calculation: object, shown: boolean) => void}}
 */
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
      const group = within(state.group ?? 0, layout.maps);
      const unit = index.at(-1);
      map.element.hidden = layout.maps === 1;
      map.show(say("weight.map"), group, layout.maps);
      const picked = [within(weight[0], layout.rows), within(weight[1], layout.columns)];
      const gradients = calculation.gradients();
      for (const { kind, caption, grid } of kinds) {
        const { weights } = kind === "weights" ? network.layers[layer] : { weights: gradients.weights[layer] };
        const values = weights[target];
        const title = say(`weight.${kind}`, { map: unit });
        const read = (row, column) => {
          const place = layout.index(row, column, group);
          return place ? at(values, [...place, unit]) : null;
        };
        const largest = largestSize(values.data);
        const { power, write } = alike(largest, digits);
        setText(caption, `${title} ${power}`);
        grid.show({
          label: title,
          rows: layout.rows,
          columns: layout.columns,
          value: read,
          name: (row, column) =>
            say("weight.cell", { row, column, value: formatNumber(read(row, column) ?? 0, digits) }),
          scale: signedScale(largest, theme),
          write,
          picked,
        });
      }
    },
  };
}
