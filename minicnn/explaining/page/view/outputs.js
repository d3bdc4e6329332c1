/** The network's outputs: a bar for each, their names, and what labels are called. */

import { answerOf } from "#page/view/calculation.js";
import { largestSize } from "#page/view/colours.js";
import { element, setAttribute, setText } from "#page/view/dom.js";
import { formatNumber, formatShare } from "#page/view/format.js";
import { say } from "#page/view/language.js";
import { paintImage } from "#page/view/pictures.js";

/** A change, as a part of a bar, that is worth a mark. */
const VISIBLE = 0.001;
const MOST_BARS = 64;

/**
 * Make the bars; of an output that is a picture, the picture.
 *
 * @param {object} output
 * @param {(unit: number) => void} [onPick]
 * @returns {{element: HTMLElement,
 *   show: (now: ArrayLike<number>, before: ArrayLike<number> | null, digits: number) => void}}
 */
export function outputBars(output, onPick) {
  const names = outputNames(output);
  const areNumbers = output.answer.kind === "numbers";
  if (output.picture || names.length > MOST_BARS) return outputPicture(output);
  const rows = names.map((name, unit) => {
    const bar = element("span.fill");
    const mark = element("span.before", { hidden: true });
    const share = element("span.share");
    const row = element(
      onPick ? "button.bar-row" : "div.bar-row",
      onPick ? { type: "button", onClick: () => onPick(unit) } : {},
      element("span.class", { title: name }, name),
      element("span.track", { "aria-hidden": "true" }, bar, mark),
      share,
    );
    return { row, bar, mark, share };
  });
  const list = element("div.bars", { role: "group" }, ...rows.map(({ row }) => row));
  return {
    element: list,
    show(now, before, digits) {
      const whole = areNumbers ? largestSize([...now, ...(before ?? [])]) || 1 : 1;
      const part = (value) => Math.min(Math.abs(value) / whole, 1);
      const write = (value) => (areNumbers ? formatNumber(value, digits) : formatShare(value));
      setAttribute(list, "aria-label", say(areNumbers ? "answer.numbers" : "answer.bars"));
      const best = Math.max(...now);
      rows.forEach(({ row, bar, mark, share }, unit) => {
        const value = now[unit];
        bar.style.width = `${100 * part(value)}%`;
        bar.classList.toggle("negative", value < 0);
        mark.hidden = !before || Math.abs(part(before[unit]) - part(value)) < VISIBLE;
        if (before) mark.style.left = `${100 * part(before[unit])}%`;
        setText(share, write(value));
        setAttribute(row, "data-value", value);
        setAttribute(row, "data-before", before ? before[unit] : null);
        row.classList.toggle("best", !areNumbers && value === best);
        const was = before ? say("answer.was", { share: write(before[unit]) }) : "";
        const says = say("answer.class", { name: names[unit], share: write(value) });
        setAttribute(row, "title", `${says}${was}`);
      });
    },
  };
}

/** The numbers of an output as a picture; of very many that are none, its layer's card has them. */
function outputPicture(output) {
  const canvas = /** @type {HTMLCanvasElement} */ (element("canvas.output-picture", { "aria-hidden": "true" }));
  return {
    element: canvas,
    show(now) {
      if (output.picture) paintImage(canvas, output, { data: now });
    },
  };
}

/**
 * Return the names of an output's numbers; one yes-or-no output is called what a yes means.
 *
 * @param {object} output
 * @returns {string[]}
 */
export function outputNames({ answer, classNames }) {
  return answer.kind === "yes_no" ? [classNames[1]] : classNames;
}

/** @param {object} output @returns {boolean} whether it can be right or wrong, and is learnt from */
export function isAnswer({ answer, loss }) {
  return answer.kind !== "numbers" && loss.name !== null;
}

/**
 * Say whether an output's answer is a label; numbers are only near to it.
 *
 * @param {object} output
 * @param {number | number[]} label
 * @param {ArrayLike<number>} data - what comes out
 */
export function isRight({ answer }, label, data) {
  if (answer.kind === "numbers") return [label].flat().every((one, unit) => one === data[unit]);
  if (answer.kind === "labels") return [label].flat().every((one, unit) => one === Number(data[unit] >= 0.5));
  return label === answerOf(data);
}

/**
 * Name a label: its class, its labels, or its numbers.
 *
 * @param {object} output
 * @param {number | number[] | null} label
 * @returns {string}
 */
export function labelText(output, label) {
  const { answer, classNames } = output;
  if (label === null || output.picture) return "";
  const numbers = [label].flat();
  if (answer.kind === "numbers") return numbers.map((one) => formatNumber(one, 6)).join(", ");
  if (answer.kind === "labels" && Array.isArray(label)) {
    const right = classNames.filter((_, unit) => numbers[unit] >= 0.5);
    return right.length > 0 ? right.join(", ") : say("answer.none");
  }
  return classNames[label] ?? String(label);
}
