/**
 * The windows of pooling layers: each channel is pooled for itself, and padding never counts.
 *
 * Global pooling is pooling with one window, as large as the image.
 */

import { cellUnder, isInside, outputSize, positionsOver } from "#page/arithmetic/windows.js";

/**
 * The cells of the window that makes an output: an index each, null where it is padding.
 *
 * @param {object} layer
 * @param {number[]} index  of the output
 * @returns {(number[] | null)[]}  row by row
 */
export function windowCells(layer, index) {
  const [down, across] = axesOf(layer);
  const [row, column, channel] = withPosition(index);
  const cells = [];
  for (let i = 0; i < down.kernel; i++) {
    for (let j = 0; j < across.kernel; j++) {
      const cell = [cellUnder(down, row, i), cellUnder(across, column, j), channel];
      cells.push(isInside(down, cell[0]) && isInside(across, cell[1]) ? cell : null);
    }
  }
  return cells;
}

/**
 * The outputs whose windows hold a cell.
 *
 * @param {object} layer
 * @param {number[]} index  of the input
 * @returns {number[][]}
 */
export function windowsOver(layer, [row, column, channel]) {
  const [down, across] = axesOf(layer);
  return positionsOver(down, row).flatMap(({ position: r }) =>
    positionsOver(across, column).map(({ position: c }) =>
      layer.outputShape.length === 1 ? [channel] : [r, c, channel],
    ),
  );
}

/**
 * Go through all windows: `visit(output, cells)` with the offsets of an output and of its real cells.
 *
 * @param {object} layer
 * @param {(output: number, cells: number[]) => void} visit
 */
export function forEachWindow(layer, visit) {
  const [down, across] = axesOf(layer);
  const [, width, channels] = layer.inputShape;
  for (let position = 0; position < down.size * across.size; position++) {
    const rows = realCells(down, Math.floor(position / across.size));
    const columns = realCells(across, position % across.size);
    for (let channel = 0; channel < channels; channel++) {
      const cells = rows.flatMap((row) =>
        columns.map((column) => (row * width + column) * channels + channel),
      );
      visit(position * channels + channel, cells);
    }
  }
}

function realCells(axis, position) {
  const cells = Array.from({ length: axis.kernel }, (_, place) => cellUnder(axis, position, place));
  return cells.filter((cell) => isInside(axis, cell));
}

function axesOf({ inputShape, config }) {
  const window = config.pool_size ?? inputShape;
  const strides = config.strides ?? window;
  return [0, 1].map((axis) =>
    outputSize(inputShape[axis], window[axis], strides[axis], config.padding ?? "valid"),
  );
}

/** The index of a global pooling's output may be [channel]: its one window is at [0, 0]. */
function withPosition(index) {
  return index.length === 1 ? [0, 0, index[0]] : index;
}
