/**
 * Numbers with a shape: `{shape: [h, w, c], data: Float64Array}`, row by row, channels last.
 *
 * @typedef {{shape: number[], data: Float64Array}} Tensor
 * @typedef {number[]} Index  as long as the tensor's shape
 */

/** Make a tensor of numbers. */
export function tensor(shape, data) {
  if (data.length !== sizeOf(shape)) {
    throw new Error(`A tensor of shape [${shape}] has ${sizeOf(shape)} numbers, got ${data.length}.`);
  }
  return { shape: [...shape], data: Float64Array.from(data) };
}

export function zeros(shape) {
  return { shape: [...shape], data: new Float64Array(sizeOf(shape)) };
}

/** The same numbers in another shape; they are shared, not copied. */
export function reshaped(from, shape) {
  return { shape: [...shape], data: from.data };
}

/** Apply a function to every number. */
export function mapped(from, change) {
  return { shape: [...from.shape], data: from.data.map(change) };
}

/** Apply a function to every value of an object. */
export function each(named, change) {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, change(value)]));
}

/** How many numbers a shape holds. */
export function sizeOf(shape) {
  return shape.reduce((product, size) => product * size, 1);
}

/** The number at an index. */
export function at(from, index) {
  return from.data[offsetOf(from.shape, index)];
}

/** The offset of an index in `data`. */
export function offsetOf(shape, index) {
  const fits = index.length === shape.length && index.every((one, axis) => one >= 0 && one < shape[axis]);
  if (!fits) throw new Error(`The index [${index}] is outside the shape [${shape}].`);
  return index.reduce((offset, one, axis) => offset * shape[axis] + one, 0);
}

/** The index of an offset in `data`. */
export function indexOf(shape, offset) {
  const index = new Array(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = offset % shape[axis];
    offset = Math.floor(offset / shape[axis]);
  }
  return index;
}

/** The axes of a shape that are not among some, of which negative ones count from the end. */
export function otherAxes(shape, some) {
  const axes = [some].flat().map((axis) => (axis + shape.length) % shape.length);
  return [...shape.keys()].filter((axis) => !axes.includes(axis));
}

/** Return a function that says where an offset lies on some axes alone: those that agree there get one number. */
export function placeOn(shape, axes) {
  const steps = axes.map((axis) => [sizeOf(shape.slice(axis + 1)), shape[axis]]);
  return (offset) => steps.reduce((place, [stride, size]) => place * size + (Math.floor(offset / stride) % size), 0);
}

/** The offsets of vectors along some axes, vector by vector. */
export function vectorsAlong(shape, axes) {
  const vectorOf = placeOn(shape, otherAxes(shape, axes));
  const vectors = [];
  for (let offset = 0; offset < sizeOf(shape); offset++) (vectors[vectorOf(offset)] ??= []).push(offset);
  return vectors;
}
