/** How keys and the mouse find their way in a grid of cells. */

import { setAttribute } from "#page/view/dom.js";

/** Rows and columns that each key moves by. */
const MOVES = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-5, 0],
  PageDown: [5, 0],
  Home: [0, -Infinity],
  End: [0, Infinity],
};

/** Return the cell that a key leads to; null for a key that leads nowhere. */
export function cellAfterKey(event, [row, column], rows, columns) {
  const move = MOVES[event.key];
  if (!move || event.altKey || event.ctrlKey || event.metaKey) return null;
  return [within(row + move[0], rows), within(column + move[1], columns)];
}

/** Return the nearest of 0 … size - 1. */
export function within(place, size) {
  return Math.min(Math.max(place, 0), size - 1);
}

/** Return the row and column of a grid that are under the mouse. */
export function cellUnder(event, grid, rows, columns) {
  const { top, left, width, height } = grid.getBoundingClientRect();
  const place = (distance, length, size) => within(Math.floor((distance / length) * size), size);
  return [place(event.clientY - top, height, rows), place(event.clientX - left, width, columns)];
}

/**
 * Let the arrow keys go from one button of a group to the next. Only one is in the tab order: the function that
 * is returned says which.
 */
export function rove(group, buttons, columnsOf, onMove = () => {}) {
  const hold = (place) => buttons.forEach((one, at) => setAttribute(one, "tabindex", at === place ? 0 : -1));
  group.addEventListener("keydown", (event) => {
    const columns = columnsOf();
    const here = buttons.indexOf(document.activeElement);
    const cell = [Math.floor(here / columns), here % columns];
    const next = cellAfterKey(event, cell, Math.ceil(buttons.length / columns), columns);
    if (!next) return;
    event.preventDefault();
    const place = within(next[0] * columns + next[1], buttons.length);
    hold(place);
    buttons[place].focus();
    onMove(place);
  });
  hold(0);
  return hold;
}
