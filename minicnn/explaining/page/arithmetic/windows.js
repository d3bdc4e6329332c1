/**
 * Where a window lies on an image: output sizes, padding, covered cells. Whole numbers only, one axis
 * at a time, as in `minicnn/ops/windows.py`.
 *
 * Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning", arXiv:1603.07285.
 *
 * @typedef {{size: number, before: number, after: number, extent: number, padded: number,
 *   steps: number, input: number, kernel: number, stride: number, padding: string,
 *   dilation: number, text: string}} Axis
 */

/** How many positions a window takes along an axis, and what the formula is made of. */
export function outputSize(size, kernel, stride, padding, dilation = 1) {
  const extent = (kernel - 1) * dilation + 1;
  const [before, after] = paddingAmounts(size, extent, stride, padding);
  const padded = size + before + after;
  const steps = Math.floor((padded - extent) / stride);
  const positions = Math.max(steps + 1, 0);
  const text = `⌊(${size} + ${before} + ${after} − ${extent}) / ${stride}⌋ + 1 = ${positions}`;
  return {
    size: positions,
    before,
    after,
    extent,
    padded,
    steps,
    input: size,
    kernel,
    stride,
    padding,
    dilation,
    text,
  };
}

/** Cells added before and after: as many as "same" needs, half of them, rounded down, before. */
function paddingAmounts(size, extent, stride, padding) {
  if (padding === "valid") {
    return [0, 0];
  }
  if (padding === "causal") {
    return [extent - 1, 0];
  }
  if (padding !== "same") {
    throw new Error(`Padding is "valid", "same" or "causal", got "${padding}".`);
  }
  const positions = Math.ceil(size / stride);
  const total = Math.max((positions - 1) * stride + extent - size, 0);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** The image's cells under the window at a position; those outside 0 … size − 1 are padding. */
export function coveredCells(position, size, kernel, stride, padding, dilation = 1) {
  const axis = outputSize(size, kernel, stride, padding, dilation);
  return Array.from({ length: kernel }, (_, tap) => cellUnder(axis, position, tap));
}

/** The image's cell under a tap of the window; outside the image: padding. */
export function cellUnder(axis, position, tap) {
  return position * axis.stride - axis.before + tap * axis.dilation;
}

/** @param {Axis} axis @param {number} cell */
export function isInside(axis, cell) {
  return cell >= 0 && cell < axis.input;
}

/** The way back: at which positions a cell lies under the window, and under which of its cells. */
export function positionsOver(axis, cell) {
  const found = [];
  for (let tap = axis.kernel - 1; tap >= 0; tap--) {
    const position = (cell + axis.before - tap * axis.dilation) / axis.stride;
    if (Number.isInteger(position) && position >= 0 && position < axis.size) {
      found.push({ position, tap });
    }
  }
  return found;
}
