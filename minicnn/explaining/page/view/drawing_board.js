/** A board to draw one input on: undo, clear, and photographs to take instead. */

import { button, element, setAttribute, setText } from "#page/view/dom.js";
import { drawing, latestDrawing } from "#page/view/drawing.js";
import { say } from "#page/view/language.js";
import { photographOf } from "#page/view/photograph.js";
import { inputValues, isHandwriting } from "#page/view/pictures.js";

/** Without examples the page begins with a drawing. */
const SEVEN = [[85, 75], [195, 75], [125, 215]];

export const same = (one, other) => one.every((value, place) => value === other[place]);

/** What an example is in the page's state. */
export function exampleState(network, place) {
  const { image, labels } = network.examples[place];
  return { image, labels, example: place, blank: false, previous: null };
}

/** Add the board of an input; `change(data, more)` is the state with other numbers for it. */
export function drawingBoard(root, network, place, store, change) {
  const input = network.inputs[place];
  const isOnly = network.inputs.length === 1;
  const board = drawing(input, store.get().drawings[place], () => store.set(changed));
  const hint = element("p.hint", { role: "status" });
  const named = (name, onClick) => button(onClick, { id: isOnly ? name : `${name}-${place}` });
  const undo = named("undo", () => board.undo());
  const clear = named("clear", () => board.begin());
  const photograph = photographs(input, board, () => store.set({}));
  const choose = named("photograph", photograph.choose);

  function changed() {
    const { data, drawing: made, blank } = board.made();
    const drawings = { ...store.get().drawings, [place]: made };
    const isExample = ({ image }) => isOnly && made.strokes.length === 0 && same(image.data, data);
    const example = network.examples.findIndex(isExample);
    return example < 0
      ? change(data, { drawings, blank: isOnly && blank })
      : { drawings, ...exampleState(network, example) };
  }

  if (network.examples.length === 0 && !store.get().drawings[place]) board.begin(null, [SEVEN]);
  if (board.current().strokes.length > 0 || board.current().ground) store.set(changed());
  root.append(board.element, hint, element("div.row", {}, undo, clear, choose, photograph.element));
  return ({ image }) => {
    setAttribute(board.canvas, "aria-label", say("board.label"));
    const { height, width } = input.picture;
    const isMnist = isHandwriting(input.picture) && height > 8;
    setText(hint, photograph.says() ?? say(isMnist ? "board.hint" : "board.hint.size", { height, width }));
    setText(undo, say("board.undo"));
    undo.disabled = !board.canUndo();
    setText(clear, say("board.clear"));
    setText(choose, say("board.photo"));
    board.take(inputValues(network, image, place));
  };
}

/** A photograph that is chosen, dropped on the board or pasted becomes what is drawn on. */
function photographs(input, board, redraw) {
  const choosing = { type: "file", accept: "image/*", hidden: true, onChange: () => take(file.files) };
  const file = element("input", choosing);
  let said = { of: null, words: [] };

  async function take(list) {
    if (list.length === 0) return;
    let words = ["photo.unknown"];
    try {
      const made = await photographOf(input, list[0]);
      if (made) board.begin(made.data);
      words = made ? [made.done, made.values] : ["photo.nothing"];
    } catch {
      // no picture
    }
    said = { of: board.current(), words };
    redraw();
  }

  board.element.addEventListener("dragover", (event) => event.preventDefault());
  board.element.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  });
  document.addEventListener("paste", (event) => {
    if (latestDrawing() === board) take(event.clipboardData.files);
  });
  return {
    element: file,
    choose: () => file.click(),
    /** What was done with it, until something else is drawn. */
    says: () => (said.of === board.current() ? say(...said.words) : null),
  };
}
