/** The network's answer: a bar for each class, and what the bars were a training step ago. */

import { element, setAttribute, setText } from "#page/view/dom.js";
import { formatShare } from "#page/view/format.js";
import { say } from "#page/view/language.js";

/** A change of the probability that is worth a mark. */
const VISIBLE = 0.001;

/**
 * Make the bars.
 *
 * @param {string[]} names - of the classes
 * @param {(place: number) => void} [onPick]
 * @returns {{element: HTMLElement, show: (now: ArrayLike<number>, before: ArrayLike<number> | null) => void}}
 */
export function probabilityBars(names, onPick) {
  const rows = names.map((name, place) => {
    const bar = element("span.fill");
    const mark = element("span.before", { hidden: true });
    const share = element("span.share");
    const row = element(
      onPick ? "button.bar-row" : "div.bar-row",
      onPick ? { type: "button", onClick: () => onPick(place) } : {},
      element("span.class", {}, name),
      element("span.track", { "aria-hidden": "true" }, bar, mark),
      share,
    );
    return { row, bar, mark, share };
  });
  const list = element("div.bars", { role: "group" }, ...rows.map(({ row }) => row));
  return {
    element: list,
    show(now, before) {
      setAttribute(list, "aria-label", say("answer.bars"));
      const best = Math.max(...now);
      rows.forEach(({ row, bar, mark, share }, place) => {
        const value = now[place];
        bar.style.width = `${100 * value}%`;
        mark.hidden = !before || Math.abs(before[place] - value) < VISIBLE;
        if (before) mark.style.left = `${100 * before[place]}%`;
        setText(share, formatShare(value));
        setAttribute(row, "data-value", value);
        setAttribute(row, "data-before", before ? before[place] : null);
        row.classList.toggle("best", value === best);
        const was = before ? say("answer.was", { share: formatShare(before[place]) }) : "";
        const says = say("answer.class", { name: names[place], share: formatShare(value) });
        setAttribute(row, onPick ? "aria-label" : "title", `${says}${was}`);
      });
    },
  };
}

/**
 * Return what to call the network's answers.
 *
 * @param {object} network
 * @returns {string[]}
 */
export function answerNames({ classNames, layers }) {
  const count = layers.at(-1).outputShape.at(-1);
  return classNames && classNames.length === count
    ? classNames
    : Array.from({ length: count }, (_, place) => String(place));
}
