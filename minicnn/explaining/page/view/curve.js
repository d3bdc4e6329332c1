/** An activation as a curve, with the point at which the picked cell stands. */

import { activate } from "#page/arithmetic/activations.js";
import { tensor } from "#page/arithmetic/network.js";
import { setAttribute, setText, svg } from "#page/view/dom.js";
import { formatNumber } from "#page/view/format.js";

const WIDTH = 150;
const HEIGHT = 90;
const POINTS = 61;
const ROOM = 1.25; // around the point
const LEAST = 2; // to either side of zero, so that a curve is seen to bend

/**
 * Make an empty curve.
 *
 * @returns {{element: SVGElement, show: (activation: object, sum: number, value: number, digits: number) => void}}
 */
export function activationCurve() {
  const axes = svg("path", { class: "axes", d: "" });
  const line = svg("path", { class: "line" });
  const dot = svg("circle", { class: "dot", r: 4.5 });
  const name = svg("text", { x: 6, y: 14, class: "name" });
  const root = svg(
    "svg",
    { class: "curve", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" },
    axes, line, dot, name,
  );
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
      const path = places.map((place, point) => `${x(place).toFixed(1)} ${y(heights[point]).toFixed(1)}`);
      const text = `${activation.name}(${formatNumber(sum, digits)}) = ${formatNumber(value, digits)}`;
      setAttribute(axes, "d", `M0 ${y(0)}H${WIDTH}M${x(0)} 0V${HEIGHT}`);
      setAttribute(line, "d", `M${path.join("L")}`);
      setAttribute(dot, "cx", x(sum));
      setAttribute(dot, "cy", y(value));
      setText(name, activation.name);
      setAttribute(root, "aria-label", text);
    },
  };
}
