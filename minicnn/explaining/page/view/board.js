/** The inputs: drawing boards, fields for numbers, and the examples to take instead. */

import { cellAfterKey } from "#page/view/arrows.js";
import { element, setAttribute, setText } from "#page/view/dom.js";
import { drawingBoard, exampleState, same } from "#page/view/drawing_board.js";
import { say } from "#page/view/language.js";
import { labelText } from "#page/view/outputs.js";
import { inputValues, paintImage, withInput } from "#page/view/pictures.js";

const MOST_FIELDS = 32;

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
  const takeAll = (place) => store.set(exampleState(network, place));
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
    const shown = input >= 0 ? picture : String(place + 1);
    return element("button.example", { type: "button", onClick: () => take(place) }, shown);
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
