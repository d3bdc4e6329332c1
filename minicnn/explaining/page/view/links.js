/** Lines from the maps before to the map under the mouse: what each of them adds to its cell. */

import { cellBefore, explainOutput } from "#page/arithmetic/network.js";
import { largestSize } from "#page/view/colours.js";
import { setAttribute, svg } from "#page/view/dom.js";
import { inputAt } from "#page/view/layouts.js";

/** Make the lines over a strip of cards, where `pictureOf(layer, map)` is; the index null leads to none. */
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
