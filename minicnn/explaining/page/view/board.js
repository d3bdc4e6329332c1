/** The inputs: drawing boards, fields for numbers, and the examples to take instead. */

import { element, setAttribute, setText } from "#page/view/dom.js";
import { cellAfterKey } from "#page/view/arrows.js";
import { say } from "#page/view/language.js";
import { labelText } from "#page/view/outputs.js";
import { SIZE, drawStroke, inkOf, pen } from "#page/view/pen.js";
import { imageOfInk, inputValues, paintImage, withInput } from "#page/view/pictures.js";

const MOST_FIELDS = 32;

/** Without examples the page begins with a drawing. */
const SEVEN = [[85, 75], [195, 75], [125, 215]];

/**
 * Fill the board's card: for each input a board or fields for its numbers, and the examples.
 *
 * @param {HTMLElement} root
 * @param {import("#page/view/store.js").Store} store
 * @returns {(state: import("#page/view/store.js").State) => void} redraws it
 */
export function mountBoard(root, store) {
  const { network } = store.get();
  const fixed = network.given.length > 0; // Python knows the outputs for the examples only
  const parts = fixed ? [] : network.inputs.map((_, place) => inputPart(root, network, place, store));
  const takeAll = (place) => {
    const { image, labels } = network.examples[place];
    store.set({ image, labels, example: place, blank: false, previous: null });
  };
  const examples = exampleRow(network, network.inputs.findIndex(({ picture }) => picture), takeAll);
  const hint = element("p.hint");
  root.append(examples.element, hint);
  return (state) => {
    for (const show of parts) show(state);
    const nothing = parts.length === 0 || parts.includes(nothingToChange);
    const zeros = nothing && network.examples.length === 0 ? say("board.zeros") : "";
    setText(hint, fixed ? say("board.given", { name: network.given.join(", ") }) : zeros);
    examples.show(state.example, say("examples.label"));
  };
}

const nothingToChange = () => {};

/** What changes one input: a board, fields, or nothing; of several inputs also the examples of this one. */
function inputPart(root, network, place, store) {
  const input = network.inputs[place];
  const several = network.inputs.length > 1;
  const change = (data, more = {}) => {
    const image = withInput(network, store.get().image, place, data);
    return { image, example: null, labels: network.outputs.map(() => null), previous: null, ...more };
  };
  if (several) root.append(element("h2.small", {}, input.name));
  if (!input.picture) {
    return numberFields(root, input, place, store, change);
  }
  const showBoard = drawingBoard(root, network, place, store, change);
  if (!several) return showBoard;
  const valuesOf = ({ image }) => inputValues(network, image, place).data;
  const own = exampleRow(network, place, (example) => store.set(change(valuesOf(network.examples[example]))));
  root.append(own.element);
  return (state) => {
    showBoard(state);
    const values = valuesOf(state);
    own.show(network.examples.findIndex((one) => same(valuesOf(one), values)), input.name);
  };
}

/** A board to draw a picture on. */
function drawingBoard(root, network, place, store, change) {
  const input = network.inputs[place];
  const canvas = /** @type {HTMLCanvasElement} */ (
    element("canvas.ink", { width: SIZE, height: SIZE, tabindex: 0, role: "application" })
  );
  const cursor = element("span.cursor", { hidden: true });
  const hint = element("p.hint");
  const clear = element("button", { type: "button", onClick: wipe });
  let shown = null;
  let isDrawing = true; // not the picture of an example

  function wipe() {
    blacken(canvas);
    isDrawing = true;
    store.set(drawn);
  }

  function drawn() {
    const ink = inkOf(canvas);
    shown = imageOfInk(input, ink, SIZE).data;
    return change(shown, { blank: network.inputs.length === 1 && !ink.some(Boolean) });
  }

  blacken(canvas);
  if (network.examples.length === 0) {
    drawStroke(canvas, SEVEN);
    store.set(drawn());
  }
  pen(canvas, {
    onBegin() {
      if (!isDrawing) blacken(canvas);
      isDrawing = true;
      store.set({ example: null });
    },
    onInk: () => store.set(drawn),
    onKeyPen(x, y, down) {
      cursor.hidden = false;
      cursor.style.cssText = `left: ${(100 * x) / SIZE}%; top: ${(100 * y) / SIZE}%`;
      cursor.classList.toggle("down", down);
    },
  });
  canvas.addEventListener("blur", () => {
    cursor.hidden = true;
  });
  root.append(element("div.board", {}, canvas, cursor), element("div.row", {}, hint, clear));
  return ({ image }) => {
    setAttribute(canvas, "aria-label", say("board.label"));
    const { height, width, channels } = input.picture;
    const isDigit = height === 28 && width === 28 && channels === 1;
    setText(hint, say(isDigit ? "board.hint" : "board.hint.size", { height, width }));
    setText(clear, say("board.clear"));
    const values = inputValues(network, image, place);
    if (shown && same(values.data, shown)) return;
    shown = values.data;
    isDrawing = false;
    showImage(canvas, input, values);
  };
}

/** A field for each number of an input. */
function numberFields(root, input, place, store, change) {
  const { network } = store.get();
  const count = inputValues(network, store.get().image, place).data.length;
  if (count > MOST_FIELDS) return nothingToChange;
  const fields = Array.from({ length: count }, (_, unit) =>
    /** @type {HTMLInputElement} */ (element("input", {
      type: "number", step: "any", "aria-label": `${input.name} ${unit}`, onInput: () => type(unit),
    })),
  );
  function type(unit) {
    if (fields[unit].value === "") return;
    const data = inputValues(network, store.get().image, place).data.slice();
    data[unit] = Number(fields[unit].value);
    store.set(change(data, { blank: false }));
  }
  root.append(element("div.number-fields", {}, ...fields));
  return ({ image }) => {
    const { data } = inputValues(network, image, place);
    fields.forEach((field, unit) => {
      if (document.activeElement !== field) field.value = String(Number(data[unit].toPrecision(6)));
    });
  };
}

/** Examples to take, as little pictures of one input; the arrow keys go from one to the next. */
function exampleRow(network, input, take) {
  const buttons = network.examples.map(({ image }, place) => {
    const picture = /** @type {HTMLCanvasElement} */ (element("canvas"));
    if (input >= 0) paintImage(picture, network.inputs[input], inputValues(network, image, input));
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
    show(chosen, label) {
      setAttribute(row, "aria-label", label);
      buttons.forEach((button, place) => {
        const { labels } = network.examples[place];
        const name = labels.map((one, output) => labelText(network.outputs[output], one)).filter(Boolean).join(", ");
        setAttribute(button, "aria-label", say("examples.one", { number: place + 1, name }));
        setAttribute(button, "aria-pressed", String(place === chosen));
        setAttribute(button, "tabindex", place === Math.max(chosen ?? 0, 0) ? 0 : -1);
      });
    },
  };
}

const same = (one, other) => one.every((value, place) => value === other[place]);

function blacken(canvas) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.fillStyle = "#000";
  context.fillRect(0, 0, SIZE, SIZE);
}

/** Show an example on the board, its pixels to be seen. */
function showImage(canvas, input, image) {
  const small = document.createElement("canvas");
  paintImage(small, input, image);
  blacken(canvas);
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, SIZE, SIZE);
}
