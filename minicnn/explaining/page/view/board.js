/** The inputs: drawing boards, fields for numbers, and the examples to take instead. */

import { rove } from "#page/view/arrows.js";
import { button, element, setAttribute, setText } from "#page/view/dom.js";
import { drawingBoard, exampleState, same } from "#page/view/drawing_board.js";
import { say } from "#page/view/language.js";
import { labelText } from "#page/view/outputs.js";
import { inputValues, paintImage, withInput } from "#page/view/pictures.js";

const MOST_FIELDS = 32;

/** Fill the board's card: for each input a board or fields for its numbers, and the examples. */
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
  const valuesOf = ({ image }) => inputValues(network, image, place);
  const change = (data, more = {}) => {
    const image = withInput(network, store.get().image, place, data);
    return { image, example: null, labels: network.outputs.map(() => null), previous: null, ...more };
  };
  if (several) root.append(element("h2.small", {}, input.name));
  if (!input.picture) return numberFields(root, input, store, valuesOf, change);
  const showBoard = drawingBoard(root, network, place, store, change);
  if (!several) return showBoard;
  const own = exampleRow(network, place, (example) => store.set(change(valuesOf(network.examples[example]))));
  root.append(own.element);
  return (state) => {
    showBoard(state);
    const values = valuesOf(state);
    own.show(network.examples.findIndex((one) => same(valuesOf(one), values)), input.name);
  };
}

/** A field for each number of an input. */
function numberFields(root, { name }, store, valuesOf, change) {
  const values = valuesOf(store.get());
  if (values.length > MOST_FIELDS) return nothingToChange;
  const fields = Array.from(values, (_, unit) =>
    element("input", { type: "number", step: "any", "aria-label": `${name} ${unit}`, onInput: () => type(unit) }),
  );
  function type(unit) {
    if (fields[unit].value === "") return;
    const data = valuesOf(store.get()).with(unit, Number(fields[unit].value));
    store.set(change(data, { blank: false }));
  }
  root.append(element("div.number-fields", {}, ...fields));
  return (state) => {
    const data = valuesOf(state);
    fields.forEach((field, unit) => {
      if (document.activeElement !== field) field.value = String(Number(data[unit].toPrecision(6)));
    });
  };
}

/** Examples to take, as little pictures of one input; the arrow keys go from one to the next. */
function exampleRow(network, input, take) {
  const buttons = network.examples.map(({ image }, place) => {
    const picture = element("canvas");
    if (input >= 0) paintImage(picture, network.inputs[input], inputValues(network, image, input));
    return button(() => take(place), { class: "example" }, input >= 0 ? picture : String(place + 1));
  });
  const row = element("div.examples", { role: "group" }, ...buttons);
  const hold = rove(row, buttons, () => buttons.length, take);
  return {
    element: row,
    show(chosen, label) {
      setAttribute(row, "aria-label", label);
      hold(Math.max(chosen ?? 0, 0));
      buttons.forEach((one, place) => {
        const { labels } = network.examples[place];
        const name = labels.map((each, output) => labelText(network.outputs[output], each)).filter(Boolean).join(", ");
        setAttribute(one, "aria-label", say("examples.one", { number: place + 1, name }));
        setAttribute(one, "aria-pressed", String(place === chosen));
      });
    },
  };
}
