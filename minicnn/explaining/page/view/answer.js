/** The card with the network's answer. */

import { answerOf } from "#page/view/calculation.js";
import { element, setText } from "#page/view/dom.js";
import { formatNumber, formatShare } from "#page/view/format.js";
import { say } from "#page/view/language.js";
import { isRight, labelNames, labelText, outputBars, outputNames } from "#page/view/outputs.js";
import { openNumber } from "#page/view/store.js";

const UNTIL_THE_PEN_RESTS = 700; // milliseconds: a screen reader is told the last answer only
const MOST_SAID = 3; // numbers

/** Fill the answer's card: a part for each output. */
export function mountAnswer(root, store) {
  const { network } = store.get();
  const parts = network.outputs.map((output, place) => {
    const heading = element("h2.small");
    const said = element("span");
    const wrong = element("span.wrong");
    const bars = outputBars(output, (unit) => openNumber(store, output.layer, [unit], "forward"));
    root.append(heading, element("p.says", { id: place === 0 ? "says" : null }, said, wrong), bars.element);
    return { output, heading, said, wrong, bars };
  });
  let told = "";
  let timer = 0;
  return (state, { pass }) => {
    const texts = parts.map(({ output, heading, said, wrong, bars }, place) => {
      const { data } = pass.answers[place];
      const text = state.blank ? say("answer.blank") : answerText(output, data, state.digits);
      setText(heading, parts.length > 1 ? output.name : say("answer.title"));
      setText(said, text);
      setText(wrong, state.blank ? "" : wrongText(output, state.labels[place], data));
      bars.element.hidden = state.blank;
      bars.show(data, null, state.digits);
      return parts.length > 1 ? `${output.name}: ${text}` : text;
    });
    const text = texts.join("; ");
    if (text === told) return;
    told = text;
    clearTimeout(timer);
    timer = setTimeout(() => setText(document.getElementById("live"), text), UNTIL_THE_PEN_RESTS);
  };
}

/** Say what comes out: a class, yes or no, several labels, or numbers. */
function answerText(output, data, digits) {
  const names = outputNames(output);
  const { kind } = output.answer;
  if (output.picture && kind === "numbers") return say("answer.picture", output.picture);
  if (kind === "numbers") {
    const isAlone = data.length === 1 && names[0] === "0";
    const said = Array.from(data.slice(0, MOST_SAID), (value, unit) => {
      const share = formatNumber(value, digits);
      return isAlone ? share : say("answer.class", { name: names[unit], share });
    });
    return `${said.join(", ")}${data.length > MOST_SAID ? ", …" : ""}`;
  }
  if (kind === "labels") return labelNames(names, data);
  const best = answerOf(data);
  const share = kind === "yes_no" ? Math.max(data[0], 1 - data[0]) : data[best];
  return say("answer.says", { name: output.classNames[best], share: formatShare(share) });
}

/** Say what it should be, if that is known and another. */
function wrongText(output, label, data) {
  if (label === null || output.picture || isRight(output, label, data)) return "";
  return ` ${say("answer.wrong", { name: labelText(output, label) })}`;
}
