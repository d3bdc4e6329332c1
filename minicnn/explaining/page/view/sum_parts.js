/** The parts of a sum: what each map adds to it, and which part is open. */

import { largestGroup } from "#page/view/arrange.js";
import { layerName } from "#page/view/cells.js";
import { largestSize, signedScale } from "#page/view/colours.js";
import { element, setText } from "#page/view/dom.js";
import { alike, formatNumber } from "#page/view/format.js";
import { say } from "#page/view/language.js";
import { numberGrid } from "#page/view/number_grid.js";

const IN_A_ROW = 8;

/**
 * Make an empty grid of parts; it hides where a sum has only one.
 *
 * @param {import("#page/view/store.js").Store} store
 * @returns {{element: HTMLElement, show: (state: object, sum: import("#page/view/forward_sum.js").Sum) => void}}
 */
export function sumParts(store) {
  let groups = [];
  const title = element("p.part-title");
  const grid = numberGrid({
    looks: "parts",
    onPick(row, column) {
      const group = groups[row * IN_A_ROW + column];
      if (group) store.set({ group: group.name });
    },
  });
  const root = element("div.parts-box", {}, title, grid.element);
  return {
    element: root,
    show(state, sum) {
      ({ groups } = sum);
      root.hidden = groups.length < 2;
      if (groups.length < 2) return;
      const open = groupOf(state, sum);
      const { network } = state;
      const several = new Set(groups.map(({ source }) => source)).size > 1;
      const columns = Math.min(IN_A_ROW, groups.length);
      const largest = largestSize(groups.map(({ total }) => total));
      const { power, write } = alike(largest, 3);
      const text = say("sum.parts", { count: groups.length });
      setText(title, `${text} ${power}`);
      grid.show({
        label: text,
        rows: Math.ceil(groups.length / columns),
        columns,
        scale: signedScale(largest, state.theme),
        picked: [Math.floor(open / columns), open % columns],
        cell(row, column) {
          const group = groups[row * columns + column];
          if (!group) return { value: null, text: "", name: "" };
          const part = say("sum.part", { map: group.map, value: formatNumber(group.total, state.digits) });
          const name = several ? `${layerName(network, group.source)}, ${part}` : part;
          return { value: group.total, text: write(group.total), name };
        },
      });
    },
  };
}

/**
 * Return which group is open: the chosen one, else the one that says most.
 *
 * @param {{group: number | null}} state
 * @param {import("#page/view/forward_sum.js").Sum} sum
 */
export function groupOf({ group }, { groups }) {
  const chosen = groups.findIndex(({ name }) => name === group);
  return chosen >= 0 ? chosen : largestGroup(groups);
}
