/** What the colours mean: a strip from the smallest number to the largest. */

import { cssColour } from "#page/view/colours.js";
import { element, setText } from "#page/view/dom.js";
import { formatNumber } from "#page/view/format.js";

const STOPS = 12;

/**
 * Make an empty legend.
 *
 * @returns {{element: HTMLElement, show: (scale: import("#page/view/colours.js").Scale, low: number,
 *   high: number, digits: number) => void}}
 */
export function legend() {
  const least = element("span");
  const strip = element("span.strip");
  const most = element("span");
  return {
    element: element("p.legend", { "aria-hidden": "true" }, least, strip, most),
    show(scale, low, high, digits) {
      const colours = Array.from({ length: STOPS + 1 }, (_, stop) =>
        cssColour(scale(low + ((high - low) * stop) / STOPS)),
      );
      strip.style.background = `linear-gradient(90deg, ${colours.join(", ")})`;
      setText(least, formatNumber(low, Math.min(digits, 3)));
      setText(most, formatNumber(high, Math.min(digits, 3)));
    },
  };
}
