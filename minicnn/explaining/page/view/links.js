/** What a cell depends on: lines from the maps before, and the smallest box around its pixels. */

import { arithmeticOf } from "#page/arithmetic/layers.js";
import { cellBefore, explainOutput, shapeOf } from "#page/arithmetic/network.js";
import { largestSize } from "#page/view/colours.js";
import { setAttribute, svg } from "#page/view/dom.js";
import { inputAt, layoutOf } from "#page/view/layouts.js";

const EVERYTHING = ["dense", "given"];
const MOST = 64; // numbers of a row that are followed one by one

/**
 * Make the lines over a strip of cards, where `pictureOf(layer, map)` is: what each map before adds to a cell. The
 * index null leads to none.
 */
export function links(strip, pictureOf) {
  const drawing = svg("svg", { class: "links", "aria-hidden": "true" });
  strip.append(drawing);
  return (network, pass, layer, index) => {
    const parts = index && layer >= 0 ? partsOf(network, pass, layer, index) : [];
    drawing.replaceChildren();
    if (parts.length === 0) return; // without measuring the page, which takes its time
    const most = largestSize(parts.map(([, total]) => total)) || 1;
    setAttribute(drawing, "width", strip.scrollWidth);
    setAttribute(drawing, "height", strip.scrollHeight);
    const to = edges(pictureOf(layer, index.at(-1)), strip);
    drawing.append(
      ...parts.map(([[source, map], total]) => {
        const from = edges(pictureOf(source, map), strip);
        const [[x, y], [end, down]] = from.right[0] <= to.left[0] ? [from.right, to.left] : [from.bottom, to.top];
        const strength = Math.abs(total) / most;
        return svg("path", {
          d: `M${x} ${y}C${(x + end) / 2} ${y} ${(x + end) / 2} ${down} ${end} ${down}`,
          class: total < 0 ? "negative" : null,
          "stroke-width": 0.5 + 2.5 * strength,
          opacity: 0.25 + 0.75 * strength,
        });
      }),
    );
  };
}

/** The maps that a cell reads, each with the sum of its products. */
function partsOf(network, pass, layer, index) {
  if (network.layers[layer].family === "given" || inputAt(network, layer)) return [];
  const totals = new Map();
  for (const { from, product } of explainOutput(network, pass, layer, index).terms) {
    if (!from) continue;
    const { layer: source, index: cell } = cellBefore(network, layer, from);
    const key = `${source},${cell.length === 3 ? cell[2] : 0}`;
    totals.set(key, (totals.get(key) ?? 0) + product);
  }
  return Array.from(totals, ([key, total]) => [key.split(",").map(Number), total]);
}

/** The middles of a picture's sides, within the strip. */
function edges(picture, strip) {
  const [box, around] = [picture, strip].map((part) => part.getBoundingClientRect());
  const zoom = around.width / strip.offsetWidth; // on a projector
  const across = (place) => (place - around.left) / zoom + strip.scrollLeft;
  const down = (place) => (place - around.top) / zoom;
  const [x, y] = [across((box.left + box.right) / 2), down((box.top + box.bottom) / 2)];
  const [left, right, top, bottom] = [across(box.left), across(box.right), down(box.top), down(box.bottom)];
  return { left: [left, y], right: [right, y], top: [x, top], bottom: [x, bottom] };
}

/**
 * Return how far the box is from each side of an input's picture, as parts of it, 0 to 1; null: the cell depends on
 * no pixel.
 */
export function receptiveField(network, pass, layer, index, input) {
  const { rows, columns, place } = layoutOf(network, input);
  const pixels = pixelsBehind(network, pass, layer, [index], input);
  if (pixels === null) return { top: 0, left: 0, bottom: 0, right: 0 };
  if (pixels.length === 0) return null;
  const [ys, xs] = [0, 1].map((axis) => pixels.map((pixel) => place(pixel)[axis]));
  return {
    top: Math.min(...ys) / rows,
    left: Math.min(...xs) / columns,
    bottom: 1 - (Math.max(...ys) + 1) / rows,
    right: 1 - (Math.max(...xs) + 1) / columns,
  };
}

/** The outermost pixels behind some cells of a layer; null: all of them. */
function pixelsBehind(network, pass, layer, cells, input) {
  if (layer === input) return cells;
  if (!placesBehind(network, layer).has(input)) return [];
  const here = network.layers[layer];
  const { family, from, activation } = here;
  const readsAll = EVERYTHING.includes(family) || here.computation.own || activation.name === "softmax";
  if (readsAll || cells.length > MOST) return null;
  const before = cells
    .flatMap((cell) => arithmeticOf(here).outputTerms(here, pass.inputs[layer], cell).terms)
    .filter((term) => term.from)
    .map((term) => cellBefore(network, layer, term.from));
  const found = [...new Set(from)].map((place) => {
    const indices = before.filter((one) => one.layer === place).map((one) => one.index);
    return pixelsBehind(network, pass, place, corners(shapeOf(network, place), indices), input);
  });
  return found.includes(null) ? null : found.flat();
}

/** The places that a layer reads, directly or through others. */
function placesBehind({ layers }, layer) {
  const found = new Set([layer]);
  for (let place = layer; place >= 0; place -= 1) {
    if (found.has(place)) layers[place].from.forEach((one) => found.add(one));
  }
  return found;
}

/** The first and the last of the cells of an image, on both axes. */
function corners(shape, cells) {
  if (shape.length < 3 || cells.length < 2) return cells;
  const ends = [0, 1].map((axis) => cells.map((cell) => cell[axis]));
  return [Math.min, Math.max].map((end) => [end(...ends[0]), end(...ends[1]), cells[0][2]]);
}
