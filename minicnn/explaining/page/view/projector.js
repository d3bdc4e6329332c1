/** For a class: the whole screen, one chapter at a time, larger cells; arrow keys turn over. */

import { button, setAttribute, setText } from "#page/view/dom.js";
import { say } from "#page/view/language.js";

const TURNS = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }; // the page keys are a presenter's
const OWN_KEYS = "input, select, [role=grid], [role=application]"; // where arrow keys mean something else

/** Make the button that starts and ends the presentation. */
export function projector() {
  const links = [...document.querySelectorAll(".chapters a")];
  const chapters = links.map((link) => link.getAttribute("href").slice(1));
  const { dataset } = document.documentElement;
  const turnOn = button(() => (dataset.chapter ? close() : start()));

  function start() {
    document.documentElement.requestFullscreen?.().catch(() => {}); // a browser may refuse
    open(0);
  }

  function open(place) {
    if (!(place in chapters)) return;
    dataset.chapter = chapters[place];
    document.activeElement?.blur(); // so that the next arrow key turns over, too
    scrollTo({ top: 0, behavior: "instant" });
    label();
  }

  function close() {
    delete dataset.chapter;
    if (document.fullscreenElement) document.exitFullscreen();
    label();
  }

  function label() {
    setText(turnOn, say(dataset.chapter ? "projector.end" : "projector.start"));
    setAttribute(turnOn, "title", say("projector.hint"));
    links.forEach((link, place) => setAttribute(link, "aria-current", dataset.chapter === chapters[place] && "page"));
  }

  links.forEach((link, place) =>
    link.addEventListener("click", (event) => {
      if (!dataset.chapter) return;
      event.preventDefault();
      open(place);
    }),
  );
  document.addEventListener("fullscreenchange", () => document.fullscreenElement || close());
  document.addEventListener("keydown", (event) => {
    if (!dataset.chapter || event.defaultPrevented) return;
    const turn = TURNS[event.key];
    if (event.key === "Escape") close();
    else if (turn && !event.target.closest(OWN_KEYS)) {
      event.preventDefault();
      open(chapters.indexOf(dataset.chapter) + turn);
    }
  });
  return { element: turnOn, show: label };
}
