/** One term of the sum that made a number; README.md says what each field means. */

import { at, indexOf } from "#page/arithmetic/tensor.js";

/** Of an output: an input times a weight; `from` is null in the padding, `index` the weight's in the kernel. */
export function outputTerm(x, from, weight, index = null, more = {}) {
  const input = from ? at(x, from) : 0;
  return { from, at: index, input, weight, product: input * weight, padding: from === null, ...more };
}

/** Of an input's gradient: the gradient of an output it reached, times the weight on the way. */
export function inputTerm(dy, to, weight, index = null, more = {}) {
  const gradient = at(dy, to);
  return { to, at: index, gradient, weight, product: gradient * weight, ...more };
}

/** Of a weight's gradient: an input it met, times the gradient of the output it went to. */
export function weightTerm(x, from, dy, to) {
  const input = from ? at(x, from) : 0;
  const gradient = at(dy, to);
  return { from, to, input, gradient, product: input * gradient, padding: from === null };
}

/** Of a bias' gradient: the gradients of all outputs it was added to, those of one last index. */
export function biasTerms(dy, unit) {
  const terms = [];
  for (let offset = unit; offset < dy.data.length; offset += dy.shape.at(-1)) {
    const gradient = dy.data[offset];
    terms.push({ from: null, to: indexOf(dy.shape, offset), input: 1, gradient, product: gradient, padding: false });
  }
  return terms;
}

/** The sum of the terms' products. */
export function total(terms) {
  return terms.reduce((sum, { product }) => sum + product, 0);
}
