/** One map of a layer, large: every cell to be pointed at and picked. */

import { shapeOf } from "#page/arithmetic/network.js";
import { greyScale, largestSize, signedScale } from "#page/view/colours.js";
import { element, setText } from "#page/view/dom.js";
import { eitherGrid } from "#page/view/either_grid.js";
import { alike, formatNumber } from "#page/view/format.js";
import { say } from "#page/view/language.js";
import { inputAt, layoutOf } from "#page/view/layouts.js";
import { legend } from "#page/view/legend.js";
import { layerName, mapReader, cellName, unitName, valuesOf } from "#page/view/cells.js";

/**
 * @typedef {object} Shown
 * @property {number} layer - -1: the image
 * @property {number} map
 * @property {"forward" | "backward"} direction - its outputs, or their gradients
 * @property {number[] | null} [picked] - index of the cell with the ring
 * @property {number[][]} [window] - rows and columns with a frame
 */

/**
 * Make an empty figure.
 *
 * @param {object} options
 * @param {(layer: number, index: number[]) => void} options.onPick
 * @param {(layer: number, index: number[] | null) => void} [options.onPoint]
 * @param {boolean} [options.follows] - whether moving with the arrow keys picks
 * @returns {{element: HTMLElement, show: (state: object, calculation: object, shown: Shown | null) => void}}
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
    onPoint(cell) {
      onPoint(place.layer, cell && indexAt(...cell));
    },
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
      const { network } = state;
      const values = valuesOf(calculation, direction, layer);
      const layout = layoutOf(network, layer);
      const reader = mapReader(network, layer, values, map);
      const { scale, low, high } = scaleFor(state, values, layer, direction);
      place = { layer, layout, map };
      const rowNames = layout.columns === 1 ? unitNames(network, layer, layout.rows) : null;
      const { power, write } = alike(high, state.digits);
      const isPlain = rowNames === null && power === "";
      const title = figureTitle(network, shown, layout);
      setText(caption, title);
      grid.show({
        label: title,
        rows: layout.rows,
        columns: layout.columns,
        value: (row, column) => (indexAt(row, column) ? reader(row, column) : null),
        name(row, column) {
          const index = indexAt(row, column);
          if (!index) return "";
          return `${cellName(network, layer, index)}: ${formatNumber(reader(row, column), state.digits)}`;
        },
        scale,
        write: isPlain ? write : (value) => formatNumber(value, state.digits),
        picked: picked && layout.place(picked).slice(0, 2),
        window,
        rowNames,
      });
      key.show(scale, low, high, state.digits);
    },
  };
}

/**
 * Return the colours for a layer's numbers: grey for the image's pixels, else blue and orange.
 *
 * @param {object} state
 * @param {import("#page/arithmetic/tensor.js").Tensor} values
 * @param {number} layer
 * @param {"forward" | "backward"} direction
 */
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

function unitNames(network, layer, count) {
  return Array.from({ length: count }, (_, unit) => unitName(network, layer, unit));
}
