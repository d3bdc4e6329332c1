/** The softmax as a step of its own: every logit, its exponential, and the probability that it becomes. */

import { element } from "#page/view/dom.js";
import { formatNumber, formatShare } from "#page/view/format.js";
import { say } from "#page/view/language.js";

const MOST_ROWS = 20; // of more, those around the picked one

/** Make an empty table; it shows `softmax` of `explainOutput`, or null. */
export function softmaxTable() {
  const table = element("table.softmax");
  return {
    element: table,
    show(softmax, nameOf, digits) {
      table.hidden = !softmax;
      table.replaceChildren();
      if (!softmax) return;
      const { indices, logits, largest, exponentials, total, position } = softmax;
      const heads = ["softmax.class", "softmax.logit", "softmax.exponential", "softmax.probability"];
      const values = { largest: formatNumber(largest, digits) };
      const titles = heads.map((key) => element("th", { scope: "col" }, say(key, values)));
      table.append(element("caption", {}, say("softmax.title")), element("thead", {}, element("tr", {}, ...titles)));
      const first = Math.max(0, Math.min(position - MOST_ROWS / 2, indices.length - MOST_ROWS));
      const rows = indices.slice(first, first + MOST_ROWS).map((index, row) => {
        const place = first + row;
        const tag = place === position ? "tr.picked" : "tr";
        const share = formatShare(exponentials[place] / total);
        const numbers = [logits[place], exponentials[place]].map((one) => formatNumber(one, digits));
        return line(tag, nameOf(index.at(-1)), [...numbers, share]);
      });
      const sum = line("tr.total", say("softmax.total"), ["", formatNumber(total, digits), formatShare(1)]);
      table.append(element("tbody", {}, ...rows, sum));
    },
  };
}

function line(tag, name, cells) {
  return element(tag, {}, element("th", { scope: "row" }, name), ...cells.map((text) => element("td", {}, text)));
}
