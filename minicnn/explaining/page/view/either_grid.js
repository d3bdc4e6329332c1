/** A grid whose numbers are written out where they are few, and painted where they are many. */

import { element } from "#page/view/dom.js";
import { heatMap } from "#page/view/heat_map.js";
import { numberGrid } from "#page/view/number_grid.js";

const MOST_COLUMNS = 7;
const MOST_CELLS = 49;

/**
 * @typedef {object} Content
 * @property {string} label
 * @property {number} rows
 * @property {number} columns
 * @property {(row: number, column: number) => number | null} value
 * @property {(row: number, column: number) => string} name - of a cell, with its number
 * @property {(row: number, column: number) => string} [kind] - CSS classes
 * @property {import("#page/view/colours.js").Scale} scale
 * @property {(value: number) => string} write - numbers as texts
 * @property {[number, number] | null} [picked]
 * @property {[number, number] | null} [linked]
 * @property {number[][]} [window]
 * @property {string[] | null} [rowNames]
 */

/**
 * Make a grid with a heading.
 *
 * @param {object} options - as for `numberGrid`
 * @param {(row: number, column: number) => void} options.onPick
 * @param {(cell: [number, number] | null) => void} [options.onPoint]
 * @param {boolean} [options.follows]
 * @returns {{element: HTMLElement, show: (content: Content) => void}}
 */
export function eitherGrid(options) {
  const root = element("div.either");
  const many = heatMap(options);
  const few = numberGrid(options);
  return {
    element: root,
    show(content) {
      const { rows, columns, value, name, kind = () => "", write, linked = null } = content;
      const written = columns <= MOST_COLUMNS && rows * columns <= MOST_CELLS;
      const chosen = written ? few.element : many.element;
      if (root.firstChild !== chosen) root.replaceChildren(chosen);
      if (!written) {
        many.show({ ...content, value: (row, column) => value(row, column) ?? 0, picked: content.picked ?? linked });
        return;
      }
      few.show({
        ...content,
        cell(row, column) {
          const number = value(row, column);
          return {
            value: number,
            text: number === null ? "" : write(number),
            name: name(row, column),
            kind: kind(row, column),
          };
        },
      });
    },
  };
}
