/** The drawing board, and the examples to take instead. */

import { element, setAttribute, setText } from "#page/view/dom.js";
import { cellAfterKey } from "#page/view/arrows.js";
import { say } from "#page/view/language.js";
import { labelText } from "#page/view/outputs.js";
import { SIZE, drawStroke, inkOf, pen } from "#page/view/pen.js";
import { imageOfInk, paintImage } from "#page/view/pictures.js";

/** Without examples the page begins with a drawing. */
const SEVEN = [[85, 75], [195, 75], [125, 215]];

/**
 * Fill the board's card.
 *
 * @param {HTMLElement} root
 * @param {import("#page/view/store.js").Store} store
 * @returns {(state: import("#page/view/store.js").State) => void} redraws it
 */
export function mountBoard(root, store) {
  const { network } = store.get();
  const examples = exampleRow(network, store);
  if (!network.picture || network.given.length > 0) {
    const hint = element("p.hint");
    root.append(examples.element, hint);
    return (state) => {
      const without = network.examples.length === 0 ? say("board.zeros") : "";
      setText(hint, network.given.length > 0 ? say("board.given", { name: network.given.join(", ") }) : without);
      examples.show(state);
    };
  }
  const canvas = /** @type {HTMLCanvasElement} */ (
    element("canvas.ink", { width: SIZE, height: SIZE, tabindex: 0, role: "application" })
  );
  const cursor = element("span.cursor", { hidden: true });
  const hint = element("p.hint");
  const clear = element("button", { type: "button", onClick: wipe });
  let shown = null;

  function wipe() {
    blacken(canvas);
    store.set({ example: null });
    ask();
  }

  function ask() {
    store.set(() => {
      const ink = inkOf(canvas);
      shown = imageOfInk(network, ink, SIZE);
      return { image: shown, blank: !ink.some(Boolean), label: null, previous: null };
    });
  }

  blacken(canvas);
  if (network.examples.length === 0) {
    drawStroke(canvas, SEVEN);
    ask();
  }
  pen(canvas, {
    onBegin() {
      if (store.get().example !== null) blacken(canvas);
      store.set({ example: null });
    },
    onInk: ask,
    onKeyPen(x, y, down) {
      cursor.hidden = false;
      cursor.style.cssText = `left: ${(100 * x) / SIZE}%; top: ${(100 * y) / SIZE}%`;
      cursor.classList.toggle("down", down);
    },
  });
  canvas.addEventListener("blur", () => {
    cursor.hidden = true;
  });

  root.append(element("div.board", {}, canvas, cursor), element("div.row", {}, hint, clear), examples.element);
  return (state) => {
    setAttribute(canvas, "aria-label", say("board.label"));
    const { height, width, channels } = network.picture;
    const isDigit = height === 28 && width === 28 && channels === 1;
    setText(hint, say(isDigit ? "board.hint" : "board.hint.size", { height, width }));
    setText(clear, say("board.clear"));
    if (state.example !== null && state.image !== shown) {
      shown = state.image;
      showImage(canvas, network, state.image);
    }
    examples.show(state);
  };
}

/** Examples to take, as little pictures; the arrow keys go from one to the next. */
function exampleRow(network, store) {
  const take = (place) => {
    const { image, label } = network.examples[place];
    store.set({ image, label, example: place, blank: false, previous: null });
  };
  const buttons = network.examples.map(({ image }, place) => {
    const picture = /** @type {HTMLCanvasElement} */ (element("canvas"));
    if (network.picture) paintImage(picture, network, image);
    return element("button.example", { type: "button", onClick: () => take(place) }, picture);
  });
  const row = element("div.examples", { role: "group" }, ...buttons);
  row.addEventListener("keydown", (event) => {
    const place = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = cellAfterKey(event, [0, place], 1, buttons.length);
    if (!next) return;
    event.preventDefault();
    buttons[next[1]].focus();
    take(next[1]);
  });
  return {
    element: row,
    show({ example }) {
      setAttribute(row, "aria-label", say("examples.label"));
      buttons.forEach((button, place) => {
        const { label } = network.examples[place];
        const name = labelText(network, label);
        setAttribute(button, "aria-label", say("examples.one", { number: place + 1, name }));
        setAttribute(button, "aria-pressed", String(place === example));
        setAttribute(button, "tabindex", place === (example ?? 0) ? 0 : -1);
      });
    },
  };
}

function blacken(canvas) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "#000";
  context.fillRect(0, 0, SIZE, SIZE);
}

/** Show an example on the board, its pixels to be seen. */
function showImage(canvas, network, image) {
  const small = document.createElement("canvas");
  paintImage(small, network, image);
  blacken(canvas);
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, SIZE, SIZE);
}
