/** The card with the network's answer. */

import { answerOf } from "#page/view/calculation.js";
import { element, setText } from "#page/view/dom.js";
import { formatNumber, formatShare } from "#page/view/format.js";
import { say } from "#page/view/language.js";
import { isRight, labelText, outputBars, outputNames } from "#page/view/outputs.js";
import { follow } from "#page/view/store.js";

const UNTIL_THE_PEN_RESTS = 700; // milliseconds: a screen reader is told the last answer only
const MOST_SAID = 3; // numbers

/**
 * Fill the answer's card.
 *
 * @param {HTMLElement} root
 * @param {import("#page/view/store.js").Store} store
 * @returns {(state: object, calculation: import("#page/view/calculation.js").Calculation) => void}
 */
export function mountAnswer(root, store) {
  const { network } = store.get();
  const heading = element("h2.small");
  const said = element("span");
  const wrong = element("span.wrong");
  const says = element("p.says", { id: "says" }, said, wrong);
  const bars = outputBars(network, (unit) => {
    const last = store.get().network.layers.length - 1;
    follow(store, { layer: last, index: [unit], direction: "forward" });
    document.getElementById("number").scrollIntoView({ block: "nearest" });
  });
  root.append(heading, says, bars.element);
  let told = "";
  let timer = 0;
  return (state, { pass }) => {
    setText(heading, say("answer.title"));
    const text = state.blank ? say("answer.blank") : answerText(state, pass);
    setText(said, text);
    setText(wrong, state.blank ? "" : wrongText(state, pass));
    bars.element.hidden = state.blank;
    bars.show(pass.probabilities.data, null, state.digits);
    if (text === told) return;
    told = text;
    clearTimeout(timer);
    timer = setTimeout(() => setText(document.getElementById("live"), text), UNTIL_THE_PEN_RESTS);
  };
}

/** Say what comes out: a class, yes or no, several labels, or numbers. */
function answerText({ network, digits }, { probabilities: { data } }) {
  const names = outputNames(network);
  const { kind } = network.answer;
  if (kind === "numbers") {
    const said = Array.from(data.slice(0, MOST_SAID), (value, unit) =>
      data.length === 1 && names[0] === "0"
        ? formatNumber(value, digits)
        : say("answer.class", { name: names[unit], share: formatNumber(value, digits) }),
    );
    return `${said.join(", ")}${data.length > MOST_SAID ? ", …" : ""}`;
  }
  if (kind === "labels") {
    const found = names.filter((_, unit) => data[unit] >= 0.5);
    return found.length > 0 ? found.join(", ") : say("answer.none");
  }
  const best = answerOf(data);
  const yesOrNo = best === 1 ? data[0] : 1 - data[0];
  const share = kind === "yes_no" ? yesOrNo : data[best];
  return say("answer.says", { name: network.classNames[best], share: formatShare(share) });
}

/** Say what it should be, if that is known and another. */
function wrongText({ network, label }, { probabilities: { data } }) {
  if (label === null || isRight(network, label, data)) return "";
  return ` ${say("answer.wrong", { name: labelText(network, label) })}`;
}
