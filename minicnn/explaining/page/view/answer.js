/** The card with the network's answer. */

import { answerOf } from "#page/view/calculation.js";
import { element, setText } from "#page/view/dom.js";
import { formatShare } from "#page/view/format.js";
import { say } from "#page/view/language.js";
import { answerNames, probabilityBars } from "#page/view/probabilities.js";
import { follow } from "#page/view/store.js";

const UNTIL_THE_PEN_RESTS = 700; // milliseconds: a screen reader is told of the last answer only

/**
 * Fill the answer's card.
 *
 * @param {HTMLElement} root
 * @param {import("#page/view/store.js").Store} store
 * @returns {(state: object, calculation: import("#page/view/calculation.js").Calculation) => void}
 */
export function mountAnswer(root, store) {
  const names = answerNames(store.get().network);
  const heading = element("h2.small");
  const says = element("p.says", { id: "says" });
  const bars = probabilityBars(names, (unit) => {
    const { network } = store.get();
    follow(store, { layer: network.layers.length - 1, index: [unit], direction: "forward" });
    document.getElementById("number").scrollIntoView({ block: "nearest" });
  });
  root.append(heading, says, bars.element);
  let told = "";
  let timer = 0;
  return (state, { pass, label }) => {
    const { data } = pass.probabilities;
    const best = answerOf(data);
    const share = data.length === 1 && best === 0 ? 1 - data[0] : data[best];
    const name = data.length === 1 ? String(best) : names[best];
    const text = say("answer.says", { name, share: formatShare(share) });
    const wrong = state.label !== null && state.label !== best;
    setText(heading, say("answer.title"));
    setText(says, wrong ? `${text} ${say("answer.wrong", { name: names[label] ?? label })}` : text);
    bars.show(data, null);
    if (text === told) return;
    told = text;
    clearTimeout(timer);
    timer = setTimeout(() => setText(document.getElementById("live"), text), UNTIL_THE_PEN_RESTS);
  };
}
