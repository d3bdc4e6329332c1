/** How keys and the mouse find their way in a grid of cells. */

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

/**
 * Return the cell that a key leads to; null for a key that leads nowhere.
 *
 * @param {KeyboardEvent} event
 * @param {[number, number]} cell - row and column
 * @param {number} rows
 * @param {number} columns
 * @returns {[number, number] | null}
 */
export function cellAfterKey(event, [row, column], rows, columns) {
  const move = MOVES[event.key];
  if (!move || event.altKey || event.ctrlKey || event.metaKey) return null;
  return [within(row + move[0], rows), within(column + move[1], columns)];
}

/**
 * Say whether a key picks what has the focus.
 *
 * @param {KeyboardEvent} event
 */
export function picks(event) {
  return event.key === "Enter" || event.key === " ";
}

/**
 * Return the nearest of 0 … size - 1.
 *
 * @param {number} place
 * @param {number} size
 */
export function within(place, size) {
  return Math.min(Math.max(place, 0), size - 1);
}

/**
 * Return the cell of a grid that is under the mouse.
 *
 * @param {MouseEvent} event
 * @param {Element} grid
 * @param {number} rows
 * @param {number} columns
 */
export function cellUnder(event, grid, rows, columns) {
  const { top, left, width, height } = grid.getBoundingClientRect();
  const place = (distance, length, size) => within(Math.floor((distance / length) * size), size);
  return [place(event.clientY - top, height, rows), place(event.clientX - left, width, columns)];
}
