/** What is seen of the slide: image, window, filter, products and output; or the gradients. */

import { coveredCells, explainInput, explainOutput, explainWeight } from "#page/arithmetic/network.js";
import { largestSize, signedScale } from "#page/view/colours.js";
import { element, setText } from "#page/view/dom.js";
import { formatNumber, formatProducts } from "#page/view/format.js";
import { numberGrid } from "#page/view/grids.js";
import { say } from "#page/view/language.js";

/**
 * Make an empty stage. `onStep(step)`: an output was picked; `onImage(cell)` and `onKernel(cell)`: a number is to be
 * changed; `onGradient({of, index})`: a gradient is to be explained, of the kernel or the image.
 */
export function slideStage({ onStep, onImage, onKernel, onGradient }) {
  let axis = null; // sizes, and the rows and columns of padding over and left of the image
  const step = { onPick: (row, column) => onStep(row * axis.size + column), follows: true };
  const onPixel = (row, column) => {
    const [y, x] = [row - axis.before, column - axis.before];
    if (isInside(y, axis) && isInside(x, axis)) onImage(y * axis.input + x);
  };
  const parts = {
    image: part("slide.image", { onPick: onPixel }),
    window: part("sum.window"),
    filter: part("sum.filter", { onPick: (row, column) => onKernel(row * axis.kernel + column) }),
    products: part("sum.products"),
    output: part("slide.output", step),
    upstream: part("slide.upstream", step),
    here: part("slide.here"),
    kernelGradient: part("slide.kernelGradient", { onPick: (...index) => onGradient({ of: "kernel", index }) }),
    imageGradient: part("slide.imageGradient", { onPick: (...index) => onGradient({ of: "image", index }) }),
  };
  const sign = (text) => element("span.sign", { "aria-hidden": "true" }, text);
  const rows = {
    forward: [
      parts.image, sign("→"), parts.window, sign("×"), parts.filter, sign("="), parts.products, sign("→"), parts.output,
    ],
    backward: [
      parts.image, sign("×"), parts.upstream, sign("→"), parts.kernelGradient, element("hr"),
      parts.filter, sign("×"), parts.here, sign("→"), parts.imageGradient,
    ],
  };
  const row = element("div.slide-stage");
  const equation = element("p.equation", { id: "slide-equation", "aria-live": "polite" });
  let direction = "";

  return {
    element: element("div", {}, row, equation),
    show(setting, slide, { theme, digits }) {
      ({ axis } = slide);
      if (direction !== setting.direction) {
        direction = setting.direction;
        row.replaceChildren(...rows[direction].map((one) => one.element ?? one));
      }
      const contents = {
        ...imageContents(setting, slide),
        ...(direction === "forward" ? forwardContents(setting, slide) : backwardContents(setting, slide)),
      };
      for (const [name, content] of Object.entries(contents)) parts[name].show(content, theme, digits);
      setText(equation, equationOf(setting, slide, digits));
    },
  };
}

/**
 * A square grid with a heading. It shows `size` rows and columns of `values`, null what is not yet reached;
 * `kind(place)` gives CSS classes, and the `largest` number the colours.
 */
function part(title, options = {}) {
  const caption = element("figcaption");
  const grid = numberGrid(options);
  grid.element.dataset.part = title;
  return {
    element: element("figure", {}, caption, grid.element),
    show({ size, values, largest = largestSize(values), picked = null, kind = () => "" }, theme, digits) {
      const valueAt = (row, column) => values[row * size + column];
      const write = (value) => formatNumber(value, digits);
      setText(caption, `${say(title)} ${size}×${size}`);
      grid.show({
        label: say(title),
        rows: size,
        columns: size,
        picked,
        scale: signedScale(2.2 * largest, theme), // pale: it is the numbers that are read here
        value: valueAt,
        write,
        name(row, column) {
          const value = valueAt(row, column);
          return say("slide.cell", { row, column, value: value === null ? say("slide.later") : write(value) });
        },
        kind: (row, column) => kind(row * size + column),
      });
    },
  };
}

/** The filter, and the image with its padding; the window is framed, cells that no window reaches are dim. */
function imageContents(setting, { axis, position }) {
  const { image, kernel } = setting;
  const [rows, columns] = windowOf(setting, axis, position);
  const seen = new Set(windowOf(setting, axis, [...Array(axis.size).keys()]).flat());
  const cells = Array.from({ length: axis.padded ** 2 }, (_, place) =>
    [Math.floor(place / axis.padded), place % axis.padded].map((one) => one - axis.before),
  );
  const isPixel = ([row, column]) => isInside(row, axis) && isInside(column, axis);
  const values = cells.map((cell) => (isPixel(cell) ? image[cell[0] * axis.input + cell[1]] : 0));
  const kind = (place) => {
    const [row, column] = cells[place];
    const outside = isPixel(cells[place]) ? "" : "padding ";
    const dim = seen.has(row) && seen.has(column) ? "" : "beyond ";
    return outside + dim + (rows.includes(row) && columns.includes(column) ? "framed" : "");
  };
  const largest = largestSize(image);
  return { image: { size: axis.padded, values, largest, kind }, filter: { size: axis.kernel, values: kernel } };
}

function forwardContents({ image, step }, { network, pass, position, axis }) {
  const { terms } = explainOutput(network, pass, 0, [...position, 0]);
  const products = terms.map(({ product }) => product);
  const outputs = [...pass.outputs[0].data];
  return {
    window: {
      size: axis.kernel,
      values: terms.map(({ input }) => input),
      largest: largestSize(image),
      kind: (place) => (terms[place].padding ? "padding" : ""),
    },
    products: { size: axis.kernel, values: products, largest: largestSize(products) || 1 },
    output: {
      size: axis.size,
      values: outputs.map((value, place) => (place <= step ? value : null)),
      largest: largestSize(outputs),
      picked: position,
    },
  };
}

function backwardContents(setting, { upstream: { data }, gradientsSoFar, axis, position }) {
  const { step, gradient } = setting;
  const [rows, columns] = windowOf(setting, axis, position);
  const framed = (place) => rows.includes(Math.floor(place / axis.input)) && columns.includes(place % axis.input);
  const pickedOf = (of) => (gradient?.of === of ? gradient.index : null);
  return {
    here: { size: 1, values: [data[step]], largest: largestSize(data) },
    upstream: { size: axis.size, values: data, picked: position, kind: (place) => (place > step ? "later" : "") },
    kernelGradient: {
      size: axis.kernel, values: gradientsSoFar.weights[0].kernel.data, picked: pickedOf("kernel"),
    },
    imageGradient: {
      size: axis.input, values: gradientsSoFar.inputs[0].data, picked: pickedOf("image"),
      kind: (place) => (framed(place) ? "framed" : ""),
    },
  };
}

/** The cells along each axis under the window at a position. */
function windowOf({ stride, padding, dilation }, { input, kernel }, position) {
  return position.map((place) => coveredCells(place, input, kernel, stride, padding, dilation));
}

function equationOf({ direction, gradient }, { network, pass, gradients, upstream, position, axis }, digits) {
  if (direction === "forward") {
    const { terms, value } = explainOutput(network, pass, 0, [...position, 0]);
    const products = formatProducts(terms.map(({ input, weight }) => [input, weight]), digits);
    return `${products} = ${formatNumber(value, digits)}`;
  }
  if (!gradient) {
    const [row, column] = position;
    return say("slide.adds", { gradient: formatNumber(upstream.data[row * axis.size + column], digits), row, column });
  }
  const { of, index } = gradient;
  const explain = of === "kernel"
    ? explainWeight(network, pass, gradients, 0, "kernel", [...index, 0, 0])
    : explainInput(network, pass, gradients, 0, [...index, 0]);
  const factors = explain.terms.map((term) => [term.input ?? term.weight, term.gradient]);
  const sum = formatProducts(factors, digits) || "0";
  const [row, column] = index;
  return say(`slide.sum.${of}`, { row, column, sum, value: formatNumber(explain.value, digits) });
}

function isInside(place, { input }) {
  return place >= 0 && place < input;
}
