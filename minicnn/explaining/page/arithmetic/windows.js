/**
 * Where a window lies on an image: output sizes, padding, covered cells. Whole numbers only, one axis
 * at a time, as in `minicnn/ops/windows.py`; README.md says what an axis is made of.
 *
 * Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", arXiv:1603.07285.
 */

/** How many positions a window takes along an axis, and what the formula is made of. */
export function outputSize(input, kernel, stride, padding, dilation = 1) {
  const extent = (kernel - 1) * dilation + 1;
  const [before, after] = paddingAmounts(input, extent, stride, padding);
  const padded = input + before + after;
  const steps = Math.floor((padded - extent) / stride);
  const size = Math.max(steps + 1, 0);
  const text = `⌊(${input} + ${before} + ${after} − ${extent}) / ${stride}⌋ + 1 = ${size}`;
  return { size, before, after, extent, padded, steps, input, kernel, stride, padding, dilation, text };
}

/** Cells added before and after: as many as "same" needs, half of them, rounded down, before. */
function paddingAmounts(size, extent, stride, padding) {
  if (padding === "valid") return [0, 0];
  if (padding === "causal") return [extent - 1, 0];
  if (padding !== "same") throw new Error(`Padding is "valid", "same" or "causal", got "${padding}".`);
  const positions = Math.ceil(size / stride);
  const total = Math.max((positions - 1) * stride + extent - size, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** The image's cells under the window at a position; those outside 0 … size − 1 are padding. */
export function coveredCells(position, ...window) {
  const axis = outputSize(...window);
  return Array.from({ length: axis.kernel }, (_, tap) => cellUnder(axis, position, tap));
}

/** The image's cell under a tap of the window; outside the image: padding. */
export function cellUnder(axis, position, tap) {
  return position * axis.stride - axis.before + tap * axis.dilation;
}

export function isInside(axis, cell) {
  return cell >= 0 && cell < axis.input;
}

/** Every meeting of a cell of the image with a tap of the window, position by position. */
export function meetings(axis) {
  const found = [];
  for (let position = 0; position < axis.size; position++) {
    for (let tap = 0; tap < axis.kernel; tap++) {
      const cell = cellUnder(axis, position, tap);
      if (isInside(axis, cell)) found.push({ position, tap, cell });
    }
  }
  return found;
}
