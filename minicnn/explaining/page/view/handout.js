/** To print: the open number and the slide with empty boxes to fill in, and their solutions behind. */

import { element } from "#page/view/dom.js";
import { say } from "#page/view/language.js";

const SHOWN = ["#inspector .title-row", "#inspector .stage", "#slider .slide-stage"];
const LINES = ["products", "open", "exponential"].map((line) => `[data-line=${line}] td`);
const BLANK = [
  ".cell.picked", ".factors .with-sign:last-child .cell", ".total td", ...LINES,
  "[data-part='sum.products'] .cell", "[data-part='slide.output'] .cell", "[data-part$='Gradient'] .cell",
].join();
const TELLS = ".readout, .equation, .legend"; // the results in other words

/** Print the exercise and its solution, each on a sheet. */
export function printHandout() {
  document.querySelector("#slider [data-step=last]").click(); // all outputs are calculated
  const sheets = element("div.handout", {}, sheet("handout.exercise", true), sheet("handout.solution", false));
  document.body.append(sheets);
  addEventListener("afterprint", () => sheets.remove(), { once: true });
  print();
}

function sheet(title, blank) {
  const copies = SHOWN.map((part) => copyOf(document.querySelector(part)));
  const made = element("section", {}, element("h2", {}, say(title)), ...copies);
  if (!blank) return made;
  for (const part of made.querySelectorAll(TELLS)) part.remove();
  for (const cell of made.querySelectorAll(BLANK)) {
    cell.textContent = "";
    cell.removeAttribute("style");
    cell.classList.add("blank");
  }
  for (const text of made.querySelectorAll("th")) text.textContent = text.textContent.replace(/\(.*\d.*\)/, "(…)");
  const place = made.querySelector(".place");
  place.textContent = `${place.textContent.split(" = ")[0]} = ?`;
  return made;
}

/** Copy a part of the page, pictures included. */
function copyOf(part) {
  const copy = /** @type {HTMLElement} */ (part.cloneNode(true));
  const pictures = part.querySelectorAll("canvas");
  copy.querySelectorAll("canvas").forEach((canvas, place) => {
    canvas.getContext("2d").drawImage(pictures[place], 0, 0);
  });
  for (const named of [copy, ...copy.querySelectorAll("[id]")]) named.removeAttribute("id");
  return copy;
}
