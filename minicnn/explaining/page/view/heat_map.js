/**
 * A grid of many cells as colours: painted on a canvas, walked through with mouse and arrow keys.
 *
 * Of its cells only the one with the focus is an element, as ARIA allows for large grids: it says
 * its row, its column and its number.
 */

import { cellAfterKey, cellUnder, picks, within } from "#page/view/arrows.js";
import { element, setAttribute, svg } from "#page/view/dom.js";

/**
 * @typedef {object} Picture
 * @property {string} label - what the grid shows
 * @property {number} rows
 * @property {number} columns
 * @property {(row: number, column: number) => number} value
 * @property {(row: number, column: number) => string} name - of a cell, with its number
 * @property {import("#page/view/colours.js").Scale} scale
 * @property {[number, number] | null} [picked] - the cell with the ring
 * @property {number[][]} [window] - cells with a frame; those outside the grid are padding
 */

/**
 * Make an empty map.
 *
 * @param {object} options
 * @param {(row: number, column: number) => void} options.onPick - clicked, or Enter
 * @param {(cell: [number, number] | null) => void} [options.onPoint] - under the mouse; null: left
 * @param {boolean} [options.follows] - whether moving with the arrow keys picks
 * @returns {{element: HTMLElement, show: (picture: Picture) => void}}
 */
export function heatMap({ onPick, onPoint = () => {}, follows = false }) {
  const canvas = /** @type {HTMLCanvasElement} */ (element("canvas"));
  const marks = svg("svg", { class: "marks", "aria-hidden": "true", preserveAspectRatio: "none" });
  const row = element("div", { role: "row" });
  const grid = element("div.cells", { role: "grid" }, row);
  const root = element("div.heat-map", {}, canvas, marks, grid);
  /** @type {Picture} */
  let picture;
  let current = [0, 0];

  const cellAt = (event) => cellUnder(event, grid, picture.rows, picture.columns);

  function placeCell(focus) {
    const [line, column] = current;
    const old = row.firstElementChild;
    const moved = !old || old.getAttribute("data-place") !== `${line},${column}`;
    const cell = moved ? element("div", { role: "gridcell", tabindex: 0 }) : old;
    setAttribute(cell, "data-place", `${line},${column}`);
    setAttribute(cell, "data-value", picture.value(line, column));
    setAttribute(cell, "aria-label", picture.name(line, column));
    setAttribute(cell, "aria-colindex", column + 1);
    setAttribute(row, "aria-rowindex", line + 1);
    cell.style.cssText = `left: ${(100 * column) / picture.columns}%; top: ${(100 * line) / picture.rows}%;
      width: ${100 / picture.columns}%; height: ${100 / picture.rows}%`;
    const focused = focus || old === document.activeElement;
    if (moved) row.append(cell);
    if (focused) cell.focus({ preventScroll: true });
    if (moved) old?.remove();
  }

  grid.addEventListener("keydown", (event) => {
    const next = cellAfterKey(event, current, picture.rows, picture.columns);
    if (next) {
      current = next;
      placeCell(true);
      if (follows) onPick(...next);
      else onPoint(next);
    } else if (picks(event)) onPick(...current);
    else return;
    event.preventDefault();
  });
  grid.addEventListener("click", (event) => {
    current = cellAt(event);
    placeCell(true);
    onPick(...current);
  });
  grid.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse") onPoint(cellAt(event));
  });
  grid.addEventListener("pointerleave", () => onPoint(null));

  return {
    element: root,
    show(next) {
      picture = next;
      if (next.picked) current = next.picked;
      current = [within(current[0], next.rows), within(current[1], next.columns)];
      setAttribute(grid, "aria-label", next.label);
      setAttribute(grid, "aria-rowcount", next.rows);
      setAttribute(grid, "aria-colcount", next.columns);
      root.style.setProperty("--rows", String(next.rows));
      root.style.setProperty("--columns", String(next.columns));
      paint(canvas, next);
      drawMarks(marks, next);
      placeCell(false);
    },
  };
}

/**
 * Paint numbers onto a canvas, a pixel a cell.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Pick<Picture, "rows" | "columns" | "value" | "scale">} picture
 */
export function paint(canvas, { rows, columns, value, scale }) {
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  const pixels = new ImageData(columns, rows);
  for (let row = 0, at = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, at += 4) {
      const [red, green, blue] = scale(value(row, column));
      pixels.data[at] = red;
      pixels.data[at + 1] = green;
      pixels.data[at + 2] = blue;
      pixels.data[at + 3] = 255;
    }
  }
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}

/** Frame the window's cells, and put a ring around the picked one. */
function drawMarks(marks, { rows, columns, window = [], picked = null }) {
  setAttribute(marks, "viewBox", `0 0 ${columns} ${rows}`);
  const framed = window.map(([row, column]) => `M${column} ${row}h1v1h-1z`).join("");
  const ring = picked ? `M${picked[1]} ${picked[0]}h1v1h-1z` : "";
  const key = `${framed}|${ring}`;
  if (marks.getAttribute("data-key") === key) return;
  setAttribute(marks, "data-key", key);
  marks.replaceChildren(
    svg("path", { d: framed, class: "window halo" }),
    svg("path", { d: framed, class: "window" }),
    svg("path", { d: ring, class: "picked halo" }),
    svg("path", { d: ring, class: "picked" }),
  );
}
