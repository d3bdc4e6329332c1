/** The page's address: behind its # is what a reload, or whoever gets the link, finds again. */

import { shapeOf } from "#page/arithmetic/network.js";
import { button, setText } from "#page/view/dom.js";
import { same } from "#page/view/drawing_board.js";
import { LANGUAGES, say } from "#page/view/language.js";
import { inputValues, pixelValue } from "#page/view/pictures.js";
import { targetsOf } from "#page/view/selection.js";

const PAUSE = 500; // milliseconds: browsers count changes of the address
const SHOWN = 2500; // milliseconds
const MARK = "layer="; // in every link, and in no chapter's name

/** Read the address: the part of a state that it says, and that fits the network. */
export function readLink(network) {
  const said = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  const found = {};
  if (Object.hasOwn(LANGUAGES, said.language ?? "")) found.language = said.language;
  if (["light", "dark"].includes(said.theme)) Object.assign(found, { theme: said.theme, ownTheme: true });
  if (["3", "6"].includes(said.digits)) found.digits = Number(said.digits);
  const example = Number(said.example ?? -1);
  if (network.examples[example]) found.example = example;
  else if (network.given.length === 0) found.drawings = readDrawings(network, said);
  return { ...found, ...readCell(network, said) };
}

/** The cell that is picked, and what is asked of it. */
function readCell(network, said) {
  const layer = Number(said.layer);
  const index = numbersOf(said.index ?? "");
  if (!Number.isInteger(layer) || layer < -1 || layer >= network.layers.length) return {};
  const shape = shapeOf(network, layer);
  const isInside = (place, axis) => Number.isInteger(place) && place >= 0 && place < shape[axis];
  if (index.length !== shape.length || !index.every(isInside)) return {};
  const isBackward = said.direction === "backward" && network.learns;
  const weight = numbersOf(said.weight ?? "");
  return {
    layer,
    index,
    direction: isBackward ? "backward" : "forward",
    target: targetsOf(network, layer).includes(said.target) ? said.target : "cell",
    group: /^\d+$/.test(said.group ?? "") ? Number(said.group) : null,
    ...(weight.length === 2 && weight.every((place) => place >= 0) && { weight }),
  };
}

function readDrawings(network, said) {
  const found = network.inputs.map(({ picture }, place) => {
    const text = said[`drawing${place}`];
    return [place, text && picture ? readDrawing(network, place, text) : null];
  });
  return Object.fromEntries(found.filter(([, drawing]) => drawing));
}

/** A drawing: the picture that it is on, "~", and its strokes. */
function readDrawing(network, place, text) {
  const [ground, strokes] = text.split("~");
  const example = network.examples[Number(ground || -1)];
  const points = (strokes ?? "").split("_").filter(Boolean).map((stroke) => stroke.split("-").map(numbersOf));
  const fits = points.flat().every((point) => point.length === 2 && point.every(Number.isFinite));
  const numbers = example ? inputValues(network, example.image, place) : groundOf(network.inputs[place], ground);
  return fits && (numbers || !ground) ? { ground: numbers, strokes: points } : null;
}

/** The numbers of a photograph: a byte each, in base64. */
function groundOf({ picture, valueRange }, text) {
  try {
    const { height, width, channels } = picture;
    const values = Array.from(atob(text), (letter) => pixelValue(valueRange, letter.charCodeAt(0) / 255));
    return values.length === height * width * channels ? values : null;
  } catch {
    return null;
  }
}

function writeDrawing(network, input, { ground, strokes }) {
  const [low, high] = network.inputs[input].valueRange;
  const place = network.examples.findIndex(({ image }) => ground && same(inputValues(network, image, input), ground));
  const bytes = Array.from(ground ?? [], (value) => Math.round((255 * (value - low)) / (high - low)));
  const on = place < 0 ? btoa(String.fromCharCode(...bytes)) : place;
  return `${on}~${strokes.map((points) => points.map((point) => point.join(".")).join("-")).join("_")}`;
}

const numbersOf = (text) => text.split(".").map((part) => (part === "" ? NaN : Number(part)));

function write({ network, drawings, ...state }) {
  const said = {
    language: state.language,
    ...(state.ownTheme && { theme: state.theme }),
    digits: state.digits,
    layer: state.layer,
    index: state.index.join("."),
    direction: state.direction,
    target: state.target,
    weight: state.weight.join("."),
    ...(state.group !== null && { group: state.group }),
    ...(state.example !== null && { example: state.example }),
  };
  for (const [place, drawing] of state.example === null ? Object.entries(drawings) : []) {
    said[`drawing${place}`] = writeDrawing(network, Number(place), drawing);
  }
  try {
    history.replaceState(null, "", `#${new URLSearchParams(said)}`);
  } catch {
    // a frame without an address of its own
  }
}

/** Keep the address up to date, and follow a link that is put into it. */
export function keepLink(store) {
  let timer = 0;
  addEventListener("hashchange", () => {
    if (location.hash.includes(MARK)) location.reload();
    else write(store.get()); // a chapter
  });
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => write(store.get()), PAUSE);
  };
}

/** Make a button that copies the address, and says whether the browser let it. */
export function linkButton(store) {
  let said = "link.copy";
  const copying = button(copy, { id: "copy-link" });
  const show = () => setText(copying, say(said));

  async function copy() {
    write(store.get());
    try {
      await navigator.clipboard.writeText(location.href);
      said = "link.copied";
    } catch {
      said = "link.here";
    }
    show();
    setText(document.getElementById("live"), say(said));
    setTimeout(() => {
      said = "link.copy";
      show();
    }, SHOWN);
  }

  return { element: copying, show };
}
