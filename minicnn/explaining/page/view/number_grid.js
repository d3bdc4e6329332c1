/** A grid of few cells, each with its number to be read. */

import { cellAfterKey, picks, within } from "#page/view/arrows.js";
import { cssColour, inkOn } from "#page/view/colours.js";
import { element, setAttribute, setText } from "#page/view/dom.js";

/**
 * @typedef {object} Cell
 * @property {number | null} value - null: there is no such cell
 * @property {string} text - how the number is written
 * @property {string} name - for a screen reader: where it is and what it is
 * @property {string} [kind] - CSS classes such as "padding", "won", "part"
 */

/**
 * @typedef {object} Numbers
 * @property {string} label - what the grid shows
 * @property {number} rows
 * @property {number} columns
 * @property {(row: number, column: number) => Cell} cell
 * @property {import("#page/view/colours.js").Scale} scale
 * @property {[number, number] | null} [picked] - the cell with the ring
 * @property {[number, number] | null} [linked] - the cell that belongs to what is pointed at
 * @property {string[] | null} [rowNames] - what stands before each row
 */

/**
 * Make an empty grid.
 *
 * @param {object} options
 * @param {(row: number, column: number) => void} [options.onPick] - clicked, or Enter
 * @param {(cell: [number, number] | null) => void} [options.onPoint] - under the mouse or focused
 * @param {boolean} [options.follows] - whether moving with the arrow keys picks
 * @param {string} [options.looks] - CSS classes
 * @returns {{element: HTMLElement, show: (numbers: Numbers) => void}}
 */
export function numberGrid({ onPick, onPoint = () => {}, follows = false, looks = "" }) {
  const grid = element("div", { class: `numbers ${looks}`, role: "grid" });
  setAttribute(grid, "data-picks", Boolean(onPick));
  /** @type {Numbers} */
  let numbers = { rows: 0, columns: 0 };
  let current = [0, 0];

  const cellElement = (row, column) => grid.children[row].querySelectorAll("[role=gridcell]")[column];

  function placeOf(event) {
    const cell = event.target.closest("[role=gridcell]");
    return cell ? cell.getAttribute("data-place").split(",").map(Number) : null;
  }

  function moveTo(place) {
    setAttribute(cellElement(...current), "tabindex", -1);
    current = place;
    const cell = cellElement(...current);
    setAttribute(cell, "tabindex", 0);
    cell.focus({ preventScroll: true });
  }

  grid.addEventListener("keydown", (event) => {
    const next = cellAfterKey(event, current, numbers.rows, numbers.columns);
    if (next) {
      moveTo(next);
      if (follows && onPick) onPick(...next);
      else onPoint(next);
    } else if (picks(event) && onPick) onPick(...current);
    else return;
    event.preventDefault();
  });
  grid.addEventListener("click", (event) => {
    const place = placeOf(event);
    if (!place) return;
    moveTo(place);
    if (onPick) onPick(...place);
  });
  grid.addEventListener("pointerover", (event) => {
    const place = placeOf(event);
    if (place && event.pointerType === "mouse") onPoint(place);
  });
  grid.addEventListener("pointerleave", () => onPoint(null));

  function showCell(row, column) {
    const { value, text, name, kind = "" } = numbers.cell(row, column);
    const cell = cellElement(row, column);
    const colour = value === null ? null : numbers.scale(value);
    const ring = same(numbers.picked, row, column) ? " picked" : "";
    const link = same(numbers.linked, row, column) ? " linked" : "";
    setText(cell, text);
    setAttribute(cell, "class", `cell ${value === null ? "absent" : ""} ${kind}${ring}${link}`);
    const said = text === "" || name.split(" ").includes(text); // what is seen is in the name
    setAttribute(cell, "aria-label", said ? name : `${text} · ${name}`);
    setAttribute(cell, "aria-selected", ring ? "true" : null);
    setAttribute(cell, "data-value", value);
    setAttribute(cell, "tabindex", row === current[0] && column === current[1] ? 0 : -1);
    cell.style.backgroundColor = colour ? cssColour(colour) : "";
    cell.style.color = colour ? inkOn(colour) : "";
    return text.length;
  }

  return {
    element: grid,
    show(next) {
      const key = `${next.rows}×${next.columns} ${next.rowNames ?? ""}`;
      if (grid.getAttribute("data-size") !== key) lay(grid, next);
      setAttribute(grid, "data-size", key);
      numbers = next;
      if (next.picked && !grid.contains(document.activeElement)) current = next.picked;
      current = [within(current[0], next.rows), within(current[1], next.columns)];
      setAttribute(grid, "aria-label", next.label);
      let signs = 1; // of the longest number
      for (let row = 0; row < next.rows; row += 1) {
        for (let column = 0; column < next.columns; column += 1) signs = Math.max(signs, showCell(row, column));
      }
      grid.style.setProperty("--signs", String(signs));
    },
  };
}

/** Lay out empty cells. */
function lay(grid, { rows, columns, rowNames = null }) {
  const line = (row) =>
    element(
      "div",
      { role: "row" },
      rowNames && element("span", { role: "rowheader", title: rowNames[row] }, rowNames[row]),
      ...Array.from({ length: columns }, (_, column) =>
        element("div", { role: "gridcell", "data-place": `${row},${column}` }),
      ),
    );
  grid.replaceChildren(...Array.from({ length: rows }, (_, row) => line(row)));
  grid.style.setProperty("--columns", String(columns));
  grid.classList.toggle("named", Boolean(rowNames));
}

function same(place, row, column) {
  return Boolean(place) && place[0] === row && place[1] === column;
}
