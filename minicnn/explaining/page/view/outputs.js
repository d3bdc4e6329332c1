/** The network's outputs: a bar for each, their names, and what labels are called. */

import { answerOf } from "#page/view/calculation.js";
import { largestSize } from "#page/view/colours.js";
import { button, element, setAttribute, setText } from "#page/view/dom.js";
import { formatNumber, formatShare } from "#page/view/format.js";
import { say } from "#page/view/language.js";
import { paintImage } from "#page/view/pictures.js";

/** A change, as a part of a bar, that is worth a mark. */
const VISIBLE = 0.001;
const MOST_BARS = 64;

/** Make the bars of an output, which `onPick(unit)` makes buttons; of one that is a picture, the picture. */
export function outputBars(output, onPick) {
  const names = outputNames(output);
  const areNumbers = output.answer.kind === "numbers";
  if (output.picture || names.length > MOST_BARS) return outputPicture(output);
  const rows = names.map((name, unit) => {
    const bar = element("span.fill");
    const mark = element("span.before", { hidden: true });
    const share = element("span.share");
    const parts = [
      element("span.class", { title: name }, name),
      element("span.track", { "aria-hidden": "true" }, bar, mark),
      share,
    ];
    const look = { class: "bar-row" };
    const row = onPick ? button(() => onPick(unit), look, ...parts) : element("div", look, ...parts);
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
        const old = before?.[unit] ?? null;
        bar.style.width = `${100 * part(value)}%`;
        bar.classList.toggle("negative", value < 0);
        mark.hidden = old === null || Math.abs(part(old) - part(value)) < VISIBLE;
        mark.style.left = `${100 * part(old)}%`;
        setText(share, write(value));
        setAttribute(row, "data-value", value);
        setAttribute(row, "data-before", old);
        row.classList.toggle("best", !areNumbers && value === best);
        const was = old === null ? "" : say("answer.was", { share: write(old) });
        setAttribute(row, "title", `${say("answer.class", { name: names[unit], share: write(value) })}${was}`);
      });
    },
  };
}

/** The numbers of an output as a picture; of very many that are none, its layer's card has them. */
function outputPicture(output) {
  const canvas = element("canvas.output-picture", { "aria-hidden": "true" });
  return {
    element: canvas,
    show(now) {
      if (output.picture) paintImage(canvas, output, now);
    },
  };
}

/** Return the names of an output's numbers; one yes-or-no output is called what a yes means. */
export function outputNames({ answer, classNames }) {
  return answer.kind === "yes_no" ? [classNames[1]] : classNames;
}

/** Say whether an output can be right or wrong, and is learnt from. */
export function isAnswer({ answer, loss }) {
  return answer.kind !== "numbers" && loss.name !== null;
}

/** Say whether what comes out of an output is a label; numbers are only near to it. */
export function isRight({ answer }, label, data) {
  if (answer.kind === "numbers") return [label].flat().every((one, unit) => one === data[unit]);
  if (answer.kind === "labels") return [label].flat().every((one, unit) => one === Number(data[unit] >= 0.5));
  return label === answerOf(data);
}

/** Name a label: its class, its labels, or its numbers; "" if there is none. */
export function labelText(output, label) {
  const { answer, classNames } = output;
  if (label === null || output.picture) return "";
  if (answer.kind === "numbers") return [label].flat().map((one) => formatNumber(one, 6)).join(", ");
  return answer.kind === "labels" && Array.isArray(label)
    ? labelNames(classNames, label)
    : classNames[label] ?? String(label);
}

/** Name the labels that are right, or probable. */
export function labelNames(names, numbers) {
  return names.filter((_, unit) => numbers[unit] >= 0.5).join(", ") || say("answer.none");
}
