/** A layer's card: name, shape, number of weights, and all its maps. */

import { indexOf, shapeOf } from "#page/arithmetic/network.js";
import { cellUnder, rove } from "#page/view/arrows.js";
import { layerName, mapReader, valuesOf } from "#page/view/cells.js";
import { paint } from "#page/view/colours.js";
import { button, element, setAttribute, setText } from "#page/view/dom.js";
import { say } from "#page/view/language.js";
import { inputAt, layoutOf } from "#page/view/layouts.js";
import { legend, mapFigure, scaleFor } from "#page/view/map_figure.js";
import { openNumber } from "#page/view/store.js";

const MAPS_IN_A_COLUMN = 8;

/** Make the card of a layer; `onPoint(layer, index)` gets the cell under the mouse, null: none. */
export function layerCard(store, layer, onPoint) {
  const { network } = store.get();
  const shape = shapeOf(network, layer);
  const { maps, columns } = layoutOf(network, layer);
  const title = element("h3");
  const facts = element("p.facts");
  const open = (_, index) => openNumber(store, layer, index, store.get().direction);
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
      const picked = state.layer === layer ? state.index : null;
      if (many) body.show(state, calculation, picked && picked[2]);
      else body.show(state, calculation, { layer, map: 0, direction: state.direction, picked });
    },
  };
}

/** "Conv2D 26×26×64", and below it "640 weights". */
function factsOf(network, layer) {
  const shape = shapeOf(network, layer).join("×");
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
  const canvases = Array.from({ length: count }, () => element("canvas"));
  const cellAt = (event, map) => [...cellUnder(event, canvases[map], canvases[map].height, canvases[map].width), map];
  let values = null;
  const buttons = canvases.map((canvas, map) => {
    // by keyboard there is no place: the strongest cell
    const pick = (event) => onPick(layer, event.detail > 0 ? cellAt(event, map) : strongestCell(values, map));
    return button(pick, {
      class: "map",
      onPointerMove: (event) => onPoint(layer, cellAt(event, map)),
      onPointerLeave: () => onPoint(layer, null),
    }, canvas);
  });
  const grid = element("div.maps-grid", { role: "group" }, ...buttons);
  const hold = rove(grid, buttons, () => getComputedStyle(grid).gridTemplateColumns.split(" ").length);
  const key = legend();
  return {
    element: element("div.maps-box", {}, grid, key.element),
    show(state, calculation, picked) {
      values = valuesOf(calculation, state.direction, layer);
      const [rows, columns] = values.shape;
      const { scale, low, high } = scaleFor(state, values, layer, state.direction);
      setAttribute(grid, "aria-label", say("layer.maps", { layer: layerName(state.network, layer), count }));
      if (picked !== null && !grid.contains(document.activeElement)) hold(picked);
      buttons.forEach((one, map) => {
        paint(canvases[map], { rows, columns, value: mapReader(state.network, layer, values, map), scale });
        setAttribute(one, "aria-label", say("layer.map", { map }));
        setAttribute(one, "aria-pressed", String(map === picked));
      });
      key.show(scale, low, high, state.digits);
    },
  };
}

/** The index of the largest number of a map, in size. */
function strongestCell({ shape, data }, map) {
  let best = map;
  for (let at = map; at < data.length; at += shape[2]) {
    if (Math.abs(data[at]) > Math.abs(data[best])) best = at;
  }
  return indexOf(shape, best);
}
