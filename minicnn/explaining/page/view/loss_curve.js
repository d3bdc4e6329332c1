/** The loss over the steps of a training as a line, and how many examples are right. */

import { setAttribute, svg } from "#page/view/dom.js";

const [WIDTH, HEIGHT] = [600, 60];

/** @typedef {[step: number, loss: number | null, right?: number | null]} Point - `right`: a part of 1 */

/**
 * Make an empty curve; the loss is in logarithms where it is positive.
 *
 * @returns {{element: SVGElement, show: (points: Point[], steps: number, mark: number) => void}}
 *   `mark`: the step that is shown
 */
export function lossCurve() {
  const [line, rights, at] = ["line", "right", "mark"].map((name) => svg("path", { class: name }));
  const options = { class: "losses", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" };
  return {
    element: svg("svg", { ...options, "aria-hidden": "true" }, rights, line, at),
    show(points, steps, mark) {
      const isPositive = points.every(([, loss]) => loss === null || loss > 0);
      const heights = points.map(([, loss]) => (isPositive && loss !== null ? Math.log(loss) : loss));
      const seen = heights.filter((height) => height !== null);
      const x = (step) => ((WIDTH * step) / Math.max(steps, 1)).toFixed(1);
      setAttribute(line, "d", path(points, heights, x, Math.min(...seen), Math.max(...seen)));
      setAttribute(rights, "d", path(points, points.map(([, , right = null]) => right), x, 0, 1));
      setAttribute(at, "d", `M${x(mark)} 0V${HEIGHT}`);
    },
  };
}

/** A line through the points that have a height. */
function path(points, heights, x, low, high) {
  const y = (height) => (HEIGHT * ((high - height) / (high - low || 1))).toFixed(1);
  const drawn = points.flatMap(([step], place) => (heights[place] === null ? [] : [`${x(step)} ${y(heights[place])}`]));
  return drawn.length > 0 ? `M${drawn.join("L")}` : "";
}
