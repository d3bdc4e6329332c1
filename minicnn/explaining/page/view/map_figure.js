/** One map of a layer, large: every cell to be pointed at and picked. */

import { shapeOf } from "#page/arithmetic/network.js";
import { cellName, layerName, mapReader, unitName, valuesOf } from "#page/view/cells.js";
import { cssColour, greyScale, largestSize, signedScale } from "#page/view/colours.js";
import { element, setText } from "#page/view/dom.js";
import { alike, formatNumber } from "#page/view/format.js";
import { eitherGrid } from "#page/view/grids.js";
import { say } from "#page/view/language.js";
import { inputAt, layoutOf } from "#page/view/layouts.js";

const STOPS = 12; // of a legend

/**
 * Make an empty figure. `onPick` and `onPoint` get the layer and an index; null: nothing is pointed at.
 *
 * What is shown, or null: the layer and one of its maps, the direction (its outputs, or their gradients), the index
 * of the cell that is `picked`, and as `window` the rows and columns that get a frame.
 */
export function mapFigure({ onPick, onPoint = () => {}, follows = false }) {
  let place = null; // the layer, its layout and the map: what a row and a column mean
  const indexAt = (row, column) => place.layout.index(row, column, place.map);
  const grid = eitherGrid({
    follows,
    onPick(row, column) {
      const index = indexAt(row, column);
      if (index) onPick(place.layer, index);
    },
    onPoint: (cell) => onPoint(place.layer, cell && indexAt(...cell)),
  });
  const caption = element("figcaption");
  const key = legend();
  const root = element("figure.map-figure", {}, caption, grid.element, key.element);
  return {
    element: root,
    show(state, calculation, shown) {
      root.hidden = shown === null;
      if (shown === null) return;
      const { layer, map, direction, picked = null, window = [] } = shown;
      const { network, digits } = state;
      const values = valuesOf(calculation, direction, layer);
      const layout = layoutOf(network, layer);
      const { rows, columns } = layout;
      const reader = mapReader(network, layer, values, map);
      const { scale, low, high } = scaleFor(state, values, layer, direction);
      place = { layer, layout, map };
      const nameOf = (_, unit) => unitName(network, layer, unit);
      const rowNames = columns === 1 ? Array.from({ length: rows }, nameOf) : null;
      const { power, write } = alike(high, digits);
      const isPlain = rowNames === null && power === "";
      const label = figureTitle(network, shown, layout);
      setText(caption, label);
      grid.show({
        label,
        rows,
        columns,
        value: (row, column) => (indexAt(row, column) ? reader(row, column) : null),
        name(row, column) {
          const index = indexAt(row, column);
          return index ? `${cellName(network, layer, index)}: ${formatNumber(reader(row, column), digits)}` : "";
        },
        scale,
        write: isPlain ? write : (value) => formatNumber(value, digits),
        picked: picked && layout.place(picked).slice(0, 2),
        window,
        rowNames,
      });
      key.show(scale, low, high, digits);
    },
  };
}

/** Return the colours for a layer's numbers: grey for the image's pixels, else blue and orange. */
export function scaleFor({ network, theme }, values, layer, direction) {
  const input = inputAt(network, layer);
  if (input?.picture && direction === "forward") {
    const [low, high] = input.valueRange;
    return { scale: greyScale(input.valueRange), low, high };
  }
  const most = largestSize(values.data);
  const low = values.data.some((value) => value < 0) ? -most : 0;
  return { scale: signedScale(most, theme), low, high: most };
}

function figureTitle(network, { layer, map, direction }, { maps }) {
  const name = layerName(network, layer);
  const place = maps > 1 && shapeOf(network, layer).length === 3 ? say("figure.map", { layer: name, map }) : name;
  return direction === "backward" ? say("figure.gradient", { place }) : place;
}

/** Make what says what colours mean: a strip from the smallest number to the largest. */
export function legend() {
  const [least, strip, most] = [element("span"), element("span.strip"), element("span")];
  return {
    element: element("p.legend", { "aria-hidden": "true" }, least, strip, most),
    show(scale, low, high, digits) {
      const colours = Array.from({ length: STOPS + 1 }, (_, stop) =>
        cssColour(scale(low + ((high - low) * stop) / STOPS)),
      );
      strip.style.background = `linear-gradient(90deg, ${colours.join(", ")})`;
      setText(least, formatNumber(low, Math.min(digits, 3)));
      setText(most, formatNumber(high, Math.min(digits, 3)));
    },
  };
}
