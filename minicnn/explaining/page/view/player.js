/** Plays steps, forward and backward: buttons to go one by one, and one that keeps going. */

import { button, element, setAttribute, setText } from "#page/view/dom.js";
import { say } from "#page/view/language.js";

const PAUSE = 700; // milliseconds from step to step: time to read a sum

/** Name, sign, and what becomes of the step; or which way it keeps going. */
const BUTTONS = [
  ["first", "|◀◀", () => 0],
  ["previous", "|◀", (step) => step - 1],
  ["backwards", "◀", null, -1],
  ["play", "▶", null, 1],
  ["next", "▶|", (step) => step + 1],
  ["last", "▶▶|", (_, count) => count - 1],
];

/** Make the buttons. */
export function player(onStep, pause = PAUSE) {
  let place = { step: 0, count: 1 };
  let timer = 0;
  let going = 0; // 1: forward, -1: backward, 0: at rest
  const count = element("output.count");
  const buttons = BUTTONS.map(([name, sign, to, way]) => button(() => press(to, way), { "data-step": name }, sign));

  function press(to, way) {
    const stops = way === going;
    stop();
    if (to) onStep(Math.min(Math.max(to(place.step, place.count), 0), place.count - 1));
    else if (!stops) start(way);
    label();
  }

  function start(way) {
    going = way;
    const end = way > 0 ? place.count - 1 : 0;
    if (place.step === end) onStep(place.count - 1 - end); // from the other end again
    timer = setInterval(() => {
      const next = place.step + way;
      if (next < 0 || next >= place.count) stop();
      else onStep(next);
      label();
    }, pause);
  }

  function stop() {
    clearInterval(timer);
    going = 0;
  }

  function label() {
    BUTTONS.forEach(([name, sign, , way], number) => {
      const runs = way === going;
      const text = runs ? say("player.pause") : say(`player.${name}`);
      setText(buttons[number], runs ? "❚❚" : sign);
      setAttribute(buttons[number], "aria-label", text);
      setAttribute(buttons[number], "title", text);
    });
  }

  const row = element("div.player", { role: "group" }, ...buttons, count);
  return {
    element: row,
    show(next) {
      place = next;
      setAttribute(row, "aria-label", say("player.label"));
      label();
      setText(count, say("player.count", { step: next.step + 1, count: next.count }));
      count.style.minWidth = `${2 * String(next.count).length + 3}ch`;
    },
  };
}
