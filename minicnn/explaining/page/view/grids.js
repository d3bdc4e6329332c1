/**
 * Grids of cells, walked through with mouse and arrow keys: numbers to be read where the cells are few, colours
 * where they are many. Of a canvas only the cell with the focus is an element, as ARIA allows for large grids.
 *
 * @typedef {object} Content
 * @property {string} label - what the grid shows
 * @property {number} rows
 * @property {number} columns
 * @property {(row: number, column: number) => number | null} value - null: there is no such cell
 * @property {(row: number, column: number) => string} name - for a screen reader: where it is and what it is
 * @property {(row: number, column: number) => string} [kind] - CSS classes such as "padding", "won"
 * @property {import("#page/view/colours.js").Scale} scale
 * @property {(value: number) => string} write - numbers as texts
 * @property {number[] | null} [picked] - the cell with the ring
 * @property {number[] | null} [linked] - the cell that belongs to what is pointed at
 * @property {number[][]} [window] - cells of a canvas with a frame; those outside the grid are padding
 * @property {string[] | null} [rowNames] - what stands before each row
 *
 * @typedef {object} Options
 * @property {(row: number, column: number) => void} [onPick] - clicked, or Enter
 * @property {(cell: number[] | null) => void} [onPoint] - under the mouse or focused; null: left
 * @property {boolean} [follows] - whether moving with the arrow keys picks
 * @property {string} [looks] - CSS classes of a grid of numbers
 */

import { cellAfterKey, cellUnder, within } from "#page/view/arrows.js";
import { cssColour, inkOn, paint } from "#page/view/colours.js";
import { element, setAttribute, setText, svg } from "#page/view/dom.js";

const MOST_COLUMNS = 7;
const MOST_CELLS = 49;

/** Make a grid whose numbers are written out where they are few. @param {Options} options */
export function eitherGrid(options) {
  const root = element("div.either");
  const many = heatMap(options);
  const few = numberGrid(options);
  return {
    element: root,
    show(content) {
      const { rows, columns, picked, linked = null } = content;
      const chosen = columns <= MOST_COLUMNS && rows * columns <= MOST_CELLS ? few : many;
      if (root.firstChild !== chosen.element) root.replaceChildren(chosen.element);
      chosen.show(chosen === many ? { ...content, picked: picked ?? linked } : content);
    },
  };
}

/** Listen to mouse and keys; `at` has the grid's size and its current cell, `moveTo` focuses another. */
function walk(grid, at, placeOf, moveTo, { onPick = () => {}, onPoint = () => {}, follows = false }) {
  grid.addEventListener("keydown", (event) => {
    const next = cellAfterKey(event, at.cell, at.rows, at.columns);
    if (next) {
      moveTo(next);
      if (follows) onPick(...next);
      else onPoint(next);
    } else if (event.key === "Enter" || event.key === " ") onPick(...at.cell);
    else return;
    event.preventDefault();
  });
  grid.addEventListener("click", (event) => {
    const cell = placeOf(event);
    if (!cell) return;
    moveTo(cell);
    onPick(...cell);
  });
  let pointed = null;
  const point = (cell) => {
    if (String(cell) !== String(pointed)) onPoint(cell);
    pointed = cell;
  };
  grid.addEventListener("pointermove", (event) => {
    const cell = event.pointerType === "mouse" && placeOf(event);
    if (cell) point(cell);
  });
  grid.addEventListener("pointerleave", () => point(null));
}

/** Make a grid of few cells, each an element with its number. @param {Options} options */
export function numberGrid({ looks = "", ...options }) {
  const grid = element("div", { class: `numbers ${looks}`, role: "grid", "data-picks": Boolean(options.onPick) });
  const at = { rows: 0, columns: 0, cell: [0, 0] };
  let cells = [];

  function placeOf(event) {
    const place = event.target.closest("[role=gridcell]")?.dataset.place;
    return place ? place.split(",").map(Number) : null;
  }

  function moveTo(cell) {
    setAttribute(cells[at.cell[0]][at.cell[1]], "tabindex", -1);
    at.cell = cell;
    setAttribute(cells[cell[0]][cell[1]], "tabindex", 0);
    cells[cell[0]][cell[1]].focus({ preventScroll: true });
  }

  walk(grid, at, placeOf, moveTo, options);
  return {
    element: grid,
    /** @param {Content} content */
    show(content) {
      const { rows, columns, rowNames, picked, label } = content;
      const size = `${rows}×${columns} ${rowNames ?? ""}`;
      if (grid.dataset.size !== size) cells = cellsOf(grid, content);
      grid.dataset.size = size;
      if (picked && !grid.contains(document.activeElement)) at.cell = picked;
      at.cell = [within(at.cell[0], rows), within(at.cell[1], columns)];
      Object.assign(at, { rows, columns });
      setAttribute(grid, "aria-label", label);
      const signs = cells.flatMap((line, row) =>
        line.map((cell, column) => showCell(cell, content, row, column, isCell(at.cell, row, column))),
      );
      grid.style.setProperty("--signs", String(Math.max(1, ...signs)));
    },
  };
}

/** Lay out empty cells; they are returned row by row. */
function cellsOf(grid, { rows, columns, rowNames = null }) {
  const cells = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, column) =>
      element("div", { role: "gridcell", "data-place": `${row},${column}` }),
    ),
  );
  const nameOf = (row) =>
    rowNames && element("span", { role: "rowheader", title: rowNames[row] }, rowNames[row]);
  grid.replaceChildren(...cells.map((line, row) => element("div", { role: "row" }, nameOf(row), ...line)));
  grid.style.setProperty("--columns", String(columns));
  grid.classList.toggle("named", Boolean(rowNames));
  return cells;
}

/** Show a number, and return how many signs it has. */
function showCell(cell, content, row, column, isCurrent) {
  const value = content.value(row, column);
  const text = value === null ? "" : content.write(value);
  const name = content.name(row, column);
  const isPicked = isCell(content.picked, row, column);
  const kinds = [value === null && "absent", content.kind?.(row, column), isPicked && "picked"];
  const isLinked = isCell(content.linked, row, column);
  setText(cell, text);
  setAttribute(cell, "class", ["cell", ...kinds, isLinked && "linked"].filter(Boolean).join(" "));
  const isSaid = text === "" || name.split(" ").includes(text); // what is seen is in the name
  setAttribute(cell, "aria-label", isSaid ? name : `${text} · ${name}`);
  setAttribute(cell, "aria-selected", isPicked ? "true" : null);
  setAttribute(cell, "data-value", value);
  setAttribute(cell, "tabindex", isCurrent ? 0 : -1);
  const colour = value === null ? null : content.scale(value);
  cell.style.backgroundColor = colour ? cssColour(colour) : "";
  cell.style.color = colour ? inkOn(colour) : "";
  return text.length;
}

const isCell = (place, row, column) => Boolean(place) && place[0] === row && place[1] === column;

/** Make a grid of many cells, painted on a canvas. @param {Options} options */
function heatMap(options) {
  const canvas = element("canvas");
  const marks = svg("svg", { class: "marks", "aria-hidden": "true", preserveAspectRatio: "none" });
  const row = element("div", { role: "row" });
  const grid = element("div.cells", { role: "grid" }, row);
  const root = element("div.heat-map", {}, canvas, marks, grid);
  const at = { rows: 0, columns: 0, cell: [0, 0] };
  let content = null;

  function placeCell(focus) {
    const [line, column] = at.cell;
    const place = `${line},${column}`;
    const old = row.firstElementChild;
    const moved = old?.dataset.place !== place;
    const cell = moved ? element("div", { role: "gridcell", tabindex: 0, "data-place": place }) : old;
    setAttribute(cell, "data-value", content.value(line, column));
    setAttribute(cell, "aria-label", content.name(line, column));
    setAttribute(cell, "aria-colindex", column + 1);
    setAttribute(row, "aria-rowindex", line + 1);
    cell.style.cssText = `left: ${(100 * column) / at.columns}%; top: ${(100 * line) / at.rows}%;
      width: ${100 / at.columns}%; height: ${100 / at.rows}%`;
    const focused = focus || old === document.activeElement;
    if (moved) row.append(cell);
    if (focused) cell.focus({ preventScroll: true });
    if (moved) old?.remove();
  }

  function moveTo(cell) {
    at.cell = cell;
    placeCell(true);
  }

  walk(grid, at, (event) => cellUnder(event, grid, at.rows, at.columns), moveTo, options);
  return {
    element: root,
    show(next) {
      content = next;
      const { rows, columns, picked, label } = content;
      const [line, column] = picked ?? at.cell;
      Object.assign(at, { rows, columns, cell: [within(line, rows), within(column, columns)] });
      setAttribute(grid, "aria-label", label);
      setAttribute(grid, "aria-rowcount", rows);
      setAttribute(grid, "aria-colcount", columns);
      root.style.setProperty("--rows", String(rows));
      root.style.setProperty("--columns", String(columns));
      paint(canvas, content);
      drawMarks(marks, content);
      placeCell(false);
    },
  };
}

/** Frame the window's cells, and put a ring around the picked one. */
function drawMarks(marks, { rows, columns, window = [], picked = null }) {
  setAttribute(marks, "viewBox", `0 0 ${columns} ${rows}`);
  const framed = window.map(([row, column]) => `M${column} ${row}h1v1h-1z`).join("");
  const ring = picked ? `M${picked[1]} ${picked[0]}h1v1h-1z` : "";
  const key = `${framed}|${ring}`;
  if (marks.dataset.key === key) return;
  marks.dataset.key = key;
  const path = (d, name) => [`${name} halo`, name].map((kind) => svg("path", { d, class: kind }));
  marks.replaceChildren(...path(framed, "window"), ...path(ring, "picked"));
}
