/** What is seen of the slide: image, window, filter, products and output; or the gradients. */

import { coveredCells, explainInput, explainOutput, explainWeight } from "#page/arithmetic/network.js";
import { largestSize, signedScale } from "#page/view/colours.js";
import { element, setText } from "#page/view/dom.js";
import { formatNumber, formatProducts } from "#page/view/format.js";
import { say } from "#page/view/language.js";
import { numberGrid } from "#page/view/number_grid.js";

/**
 * Make an empty stage.
 *
 * @param {object} options
 * @param {(step: number) => void} options.onStep - an output was picked
 * @param {(cell: number) => void} options.onImage - a pixel is to be changed
 * @param {(cell: number) => void} options.onKernel - a weight is to be changed
 * @param {(gradient: {of: "kernel" | "image", index: number[]}) => void} options.onGradient
 */
export function slideStage({ onStep, onImage, onKernel, onGradient }) {
  let axis = null; // sizes, and the rows and columns of padding over and left of the image
  const step = (row, column) => onStep(row * axis.size + column);
  const parts = {
    image: part({
      onPick(row, column) {
        const [y, x] = [row - axis.before, column - axis.before];
        if (isInside(y, axis) && isInside(x, axis)) onImage(y * axis.input + x);
      },
    }),
    window: part({}),
    filter: part({ onPick: (row, column) => onKernel(row * axis.kernel + column) }),
    products: part({}),
    output: part({ onPick: step, follows: true }),
    upstream: part({ onPick: step, follows: true }),
    here: part({}),
    kernelGradient: part({ onPick: (...index) => onGradient({ of: "kernel", index }) }),
    imageGradient: part({ onPick: (...index) => onGradient({ of: "image", index }) }),
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
      const look = { theme, digits };
      showImage(parts.image, setting, slide, look);
      if (direction === "forward") showForward(parts, setting, slide, look);
      else showBackward(parts, setting, slide, look);
      setText(equation, equationOf(setting, slide, digits));
    },
  };
}

function showForward(parts, { image, kernel, step }, { network, pass, position, axis }, look) {
  const { terms } = explainOutput(network, pass, 0, [...position, 0]);
  parts.window.show("sum.window", axis.kernel, axis.kernel, (place) => terms[place].input, {
    ...look,
    largest: largestSize(image),
    kind: (place) => (terms[place].padding ? "padding" : ""),
  });
  showFilter(parts.filter, kernel, axis, look);
  parts.products.show("sum.products", axis.kernel, axis.kernel, (place) => terms[place].product, {
    ...look,
    largest: largestSize(terms.map(({ product }) => product)) || 1,
  });
  parts.output.show(
    "slide.output",
    axis.size,
    axis.size,
    (place) => (place <= step ? pass.outputs[0].data[place] : null),
    { ...look, largest: largestSize(pass.outputs[0].data), picked: position },
  );
}

function showFilter(filter, kernel, { kernel: size }, look) {
  filter.show("sum.filter", size, size, (place) => kernel[place], { ...look, largest: largestSize(kernel) });
}

function showBackward(parts, setting, { upstream, gradientsSoFar, axis, position }, look) {
  const { step, gradient, kernel } = setting;
  const { data } = upstream;
  const [rows, columns] = windowOf(setting, axis, position);
  showFilter(parts.filter, kernel, axis, look);
  parts.here.show("slide.here", 1, 1, () => data[step], { ...look, largest: largestSize(data) });
  parts.upstream.show("slide.upstream", axis.size, axis.size, (place) => data[place], {
    ...look,
    largest: largestSize(data),
    picked: position,
    kind: (place) => (place > step ? "later" : ""),
  });
  const framed = (place) => rows.includes(Math.floor(place / axis.input)) && columns.includes(place % axis.input);
  for (const [name, of, size, values] of [
    ["kernelGradient", "kernel", axis.kernel, gradientsSoFar.weights[0].kernel.data],
    ["imageGradient", "image", axis.input, gradientsSoFar.inputs[0].data],
  ]) {
    parts[name].show(`slide.${name}`, size, size, (place) => values[place], {
      ...look,
      largest: largestSize(values),
      picked: gradient?.of === of ? gradient.index : null,
      kind: (place) => (of === "image" && framed(place) ? "framed" : ""),
    });
  }
}

/** The image with its padding; the window's cells are framed, cells that no window reaches are dim. */
function showImage(grid, setting, { axis, position }, look) {
  const { image } = setting;
  const [rows, columns] = windowOf(setting, axis, position);
  const seen = new Set(windowOf(setting, axis, Array.from({ length: axis.size }, (_, place) => place)).flat());
  const cellOf = (place) => [Math.floor(place / axis.padded) - axis.before, (place % axis.padded) - axis.before];
  grid.show(
    "slide.image",
    axis.padded,
    axis.padded,
    (place) => {
      const [row, column] = cellOf(place);
      return isInside(row, axis) && isInside(column, axis) ? image[row * axis.input + column] : 0;
    },
    {
      ...look,
      largest: largestSize(image),
      kind(place) {
        const [row, column] = cellOf(place);
        const outside = isInside(row, axis) && isInside(column, axis) ? "" : "padding ";
        const dim = seen.has(row) && seen.has(column) ? "" : "beyond ";
        return outside + dim + (rows.includes(row) && columns.includes(column) ? "framed" : "");
      },
    },
  );
}

/** The cells along each axis under the window at a position. */
function windowOf({ stride, padding, dilation }, { input, kernel }, position) {
  return position.map((place) => coveredCells(place, input, kernel, stride, padding, dilation));
}

/** A grid with a heading. */
function part(options) {
  const caption = element("figcaption");
  const grid = numberGrid(options);
  return {
    element: element("figure", {}, caption, grid.element),
    show(title, rows, columns, value, { theme, digits, largest, picked = null, kind = () => "" }) {
      setText(caption, `${say(title)} ${rows}×${columns}`);
      grid.element.dataset.part = title;
      grid.show({
        label: say(title),
        rows,
        columns,
        picked,
        scale: signedScale(2.2 * largest, theme), // pale: it is the numbers that are read here
        cell(row, column) {
          const number = value(row * columns + column);
          const text = number === null ? "" : formatNumber(number, digits);
          const name = say("slide.cell", { row, column, value: text || say("slide.later") });
          return { value: number, text, name, kind: kind(row * columns + column) };
        },
      });
    },
  };
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
  const explain = gradient.of === "kernel"
    ? explainWeight(network, pass, gradients, 0, "kernel", [...gradient.index, 0, 0])
    : explainInput(network, pass, gradients, 0, [...gradient.index, 0]);
  const factors = explain.terms.map((term) => [term.input ?? term.weight, term.gradient]);
  const [row, column] = gradient.index;
  const sum = factors.length > 0 ? formatProducts(factors, digits) : "0";
  return say(`slide.sum.${gradient.of}`, { row, column, sum, value: formatNumber(explain.value, digits) });
}

function isInside(place, { input }) {
  return place >= 0 && place < input;
}
