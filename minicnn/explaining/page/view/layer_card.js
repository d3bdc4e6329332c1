/** A layer's card: name, shape, number of weights, and all its maps. */

import { shapeOf } from "#page/arithmetic/network.js";
import { cellAfterKey, cellUnder, within } from "#page/view/arrows.js";
import { element, setAttribute, setText } from "#page/view/dom.js";
import { formatShape } from "#page/view/format.js";
import { paint } from "#page/view/heat_map.js";
import { say } from "#page/view/language.js";
import { inputAt, layoutOf } from "#page/view/layouts.js";
import { legend } from "#page/view/legend.js";
import { mapFigure, scaleFor } from "#page/view/map_figure.js";
import { layerName, mapReader, valuesOf } from "#page/view/cells.js";
import { follow } from "#page/view/store.js";

const MAPS_IN_A_COLUMN = 8;

/**
 * Make the card of a layer.
 *
 * @param {import("#page/view/store.js").Store} store
 * @param {number} layer - -1: the image
 * @param {(layer: number, index: number[] | null) => void} onPoint - a cell is under the mouse; null: none
 * @returns {{element: HTMLElement, show: (state: object, calculation: object) => void}}
 */
export function layerCard(store, layer, onPoint) {
  const { network } = store.get();
  const shape = shapeOf(network, layer);
  const { maps, columns } = layoutOf(network, layer);
  const title = element("h3");
  const facts = element("p.facts");
  const open = (_, index) => {
    follow(store, { layer, index, direction: store.get().direction });
    document.getElementById("number").scrollIntoView({ block: "nearest" });
  };
  const many = shape.length === 3 && maps > 1;
  const body = many ? mapButtons(layer, maps, open, onPoint) : mapFigure({ onPick: open, onPoint });
  const kind = many ? "maps" : columns === 1 ? "list" : "one";
  const root = element(`article.card.layer.${kind}`, {}, title, facts, body.element);
  root.style.setProperty("--across", String(Math.ceil(maps / MAPS_IN_A_COLUMN)));
  return {
    element: root,
    show(state, calculation) {
      setText(title, layerName(network, layer));
      setText(facts, factsOf(network, layer));
      setAttribute(root, "aria-label", layerName(network, layer));
      root.classList.toggle("picked", state.layer === layer);
      const here = state.layer === layer ? state.index : null;
      const picked = here && many ? here[2] : here;
      if (many) body.show(state, calculation, picked);
      else body.show(state, calculation, { layer, map: 0, direction: state.direction, picked });
    },
  };
}

/** "Conv2D 26×26×64", and below it "640 weights". */
function factsOf(network, layer) {
  const shape = formatShape(shapeOf(network, layer));
  if (layer < 0) return shape;
  const { kind, weights, from } = network.layers[layer];
  const count = Object.values(weights).reduce((sum, { data }) => sum + data.length, 0);
  const counted = count > 0 ? `\n${say("layer.weights", { count: count.toLocaleString("en") })}` : "";
  const isNext = inputAt(network, layer) || (from.length === 1 && from[0] === layer - 1);
  const read = isNext ? "" : `\n← ${from.map((place) => layerName(network, place)).join(", ")}`;
  return `${kind} ${shape}${counted}${read}`;
}

/** Maps as buttons; the arrow keys go from one to the next. A click picks the cell under it. */
function mapButtons(layer, count, onPick, onPoint) {
  const canvases = Array.from({ length: count }, () => /** @type {HTMLCanvasElement} */ (element("canvas")));
  const buttons = canvases.map((canvas, map) =>
    element("button.map", { type: "button", tabindex: -1, onClick: (event) => pickIn(event, canvas, map) }, canvas),
  );
  buttons.forEach((button, map) => {
    button.addEventListener("pointermove", (event) => onPoint(layer, [...cellAt(event, canvases[map]), map]));
    button.addEventListener("pointerleave", () => onPoint(layer, null));
  });
  const grid = element("div.maps-grid", { role: "group" }, ...buttons);
  const cellAt = (event, canvas) => cellUnder(event, canvas, canvas.height, canvas.width);
  const key = legend();
  let focused = 0;
  let strongest = () => [0, 0];

  function pickIn(event, canvas, map) {
    const byMouse = event.detail > 0; // by keyboard there is no place: the strongest cell
    onPick(layer, [...(byMouse ? cellAt(event, canvas) : strongest(map)), map]);
  }

  grid.addEventListener("keydown", (event) => {
    const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length;
    const rows = Math.ceil(count / columns);
    const here = [Math.floor(focused / columns), focused % columns];
    const next = cellAfterKey(event, here, rows, columns);
    if (!next) return;
    event.preventDefault();
    focused = within(next[0] * columns + next[1], count);
    buttons.forEach((button, map) => setAttribute(button, "tabindex", map === focused ? 0 : -1));
    buttons[focused].focus();
  });

  return {
    element: element("div.maps-box", {}, grid, key.element),
    show(state, calculation, picked) {
      const values = valuesOf(calculation, state.direction, layer);
      const [rows, columns] = values.shape;
      const { scale, low, high } = scaleFor(state, values, layer, state.direction);
      const reader = (map) => mapReader(state.network, layer, values, map);
      setAttribute(grid, "aria-label", say("layer.maps", { layer: layerName(state.network, layer), count }));
      if (picked !== null && !grid.contains(document.activeElement)) focused = picked;
      strongest = (map) => strongestCell(reader(map), rows, columns);
      buttons.forEach((button, map) => {
        paint(canvases[map], { rows, columns, value: reader(map), scale });
        setAttribute(button, "aria-label", say("layer.map", { map }));
        setAttribute(button, "aria-pressed", String(map === picked));
        setAttribute(button, "tabindex", map === focused ? 0 : -1);
      });
      key.show(scale, low, high, state.digits);
    },
  };
}

function strongestCell(value, rows, columns) {
  let best = [0, 0];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      if (Math.abs(value(row, column)) > Math.abs(value(...best))) best = [row, column];
    }
  }
  return best;
}
