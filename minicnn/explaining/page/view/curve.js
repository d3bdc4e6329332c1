/** Curves: an activation with the point at which the picked cell stands, and the loss over a training. */

import { activate } from "#page/arithmetic/activations.js";
import { tensor } from "#page/arithmetic/network.js";
import { setAttribute, setText, svg } from "#page/view/dom.js";
import { formatNumber } from "#page/view/format.js";

const [WIDTH, HEIGHT] = [150, 90]; // of an activation
const POINTS = 61;
const ROOM = 1.25; // around the point
const LEAST = 2; // to either side of zero, so that a curve is seen to bend
const [LONG, HIGH] = [600, 60]; // of a training

/** Make an empty curve of an activation. */
export function activationCurve() {
  const axes = svg("path", { class: "axes", d: "" });
  const line = svg("path", { class: "line" });
  const dot = svg("circle", { class: "dot", r: 4.5 });
  const name = svg("text", { x: 6, y: 14, class: "name" });
  const options = { class: "curve", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" };
  const root = svg("svg", options, axes, line, dot, name);
  return {
    element: root,
    show(activation, sum, value, digits) {
      const reach = Math.max(LEAST, Math.abs(sum) * ROOM);
      const places = Array.from({ length: POINTS }, (_, point) => reach * ((2 * point) / (POINTS - 1) - 1));
      const heights = activate(activation, tensor([POINTS], places)).data;
      const top = Math.max(...heights, 0.1 * reach);
      const bottom = Math.min(...heights, -0.1 * reach);
      const x = (place) => (WIDTH * (place + reach)) / (2 * reach);
      const y = (height) => 8 + ((HEIGHT - 16) * (top - height)) / (top - bottom);
      setAttribute(axes, "d", `M0 ${y(0)}H${WIDTH}M${x(0)} 0V${HEIGHT}`);
      setAttribute(line, "d", path(places.map((place, point) => [x(place), y(heights[point])])));
      setAttribute(dot, "cx", x(sum));
      setAttribute(dot, "cy", y(value));
      setText(name, activation.name);
      const text = `${activation.name}(${formatNumber(sum, digits)}) = ${formatNumber(value, digits)}`;
      setAttribute(root, "aria-label", text);
    },
  };
}

/**
 * Make an empty curve of a training. A point is `[step, loss, right]`, of which the last two may be null and
 * `right` is a part of 1; the loss is in logarithms where it is positive. `mark` is the step that is shown.
 */
export function lossCurve() {
  const [line, rights, at] = ["line", "right", "mark"].map((name) => svg("path", { class: name }));
  const options = { class: "losses", viewBox: `0 0 ${LONG} ${HIGH}`, preserveAspectRatio: "none" };
  return {
    element: svg("svg", { ...options, "aria-hidden": "true" }, rights, line, at),
    show(points, steps, mark) {
      const x = (step) => (LONG * step) / Math.max(steps, 1);
      const along = (heights, low, high) => {
        const y = (height) => HIGH * ((high - height) / (high - low || 1));
        const known = points.map(([step], place) => [step, heights[place]]).filter(([, height]) => height !== null);
        return path(known.map(([step, height]) => [x(step), y(height)]));
      };
      const isPositive = points.every(([, loss]) => loss === null || loss > 0);
      const losses = points.map(([, loss]) => (isPositive && loss !== null ? Math.log(loss) : loss));
      const seen = losses.filter((loss) => loss !== null);
      setAttribute(line, "d", along(losses, Math.min(...seen), Math.max(...seen)));
      setAttribute(rights, "d", along(points.map(([, , right = null]) => right), 0, 1));
      setAttribute(at, "d", `M${x(mark).toFixed(1)} 0V${HIGH}`);
    },
  };
}

/** A line through points. */
function path(points) {
  const written = points.map((point) => point.map((one) => one.toFixed(1)).join(" "));
  return written.length > 0 ? `M${written.join("L")}` : "";
}
