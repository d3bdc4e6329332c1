/** One number, and the sum that made it: forward a cell, backward the gradient of a cell or a weight. */

import { at, explainUpdate, shapeOf } from "#page/arithmetic/network.js";
import { activationCurve } from "#page/view/curve.js";
import { element, keepHeight, setAttribute, setText } from "#page/view/dom.js";
import { formatNumber } from "#page/view/format.js";
import { isKnown, say } from "#page/view/language.js";
import { inputAt, layoutOf } from "#page/view/layouts.js";
import { linkButton } from "#page/view/link.js";
import { forwardLines, gradientLines, breakdown, weightLines } from "#page/view/breakdown.js";
import { mapFigure } from "#page/view/map_figure.js";
import { inspectorControls } from "#page/view/inspector_controls.js";
import { cellName, unitName, valuesOf } from "#page/view/cells.js";
import { kernelLayout, shownIndex, weightIndex, windowCells } from "#page/view/selection.js";
import { softmaxTable } from "#page/view/softmax_table.js";
import { follow } from "#page/view/store.js";
import { sumView } from "#page/view/sum_view.js";
import { cellGradientSum, forwardSum, openGroup, weightGradientSum } from "#page/view/sums.js";
import { weightPicker } from "#page/view/weight_picker.js";

const SURE = 0.01; // a loss below which there is little to learn

/** Fill the inspector's card. */
export function mountInspector(root, store) {
  const controls = inspectorControls(store);
  const link = linkButton(store);
  const title = element("h3.place", { id: "place" });
  const pick = (layer, index) => {
    const { layer: here, direction } = store.get();
    if (layer === here) store.set({ index, pointed: null });
    else follow(store, { layer, index, direction });
  };
  const point = (layer, index) => {
    if (layer === store.get().layer) store.set({ pointed: index });
  };
  const left = mapFigure({ onPick: pick, onPoint: point, follows: true });
  const right = mapFigure({ onPick: pick, onPoint: point, follows: true });
  const picker = weightPicker(store);
  const sum = sumView(store);
  const account = breakdown();
  const curve = activationCurve();
  const softmax = softmaxTable();
  const about = element("p.remark", { id: "about" });
  const remark = element("p.remark");
  const lines = element("div.account", {}, account.element, curve.element);
  const middle = element("div.middle", {}, sum.element, lines, softmax.element, remark);
  const stage = element("div.stage", {}, left.element, picker.element, middle, right.element);
  const keep = keepHeight(stage);
  const buttons = element("div.row", {}, link.element, controls.back);
  root.append(controls.element, element("div.title-row", {}, title, buttons), about, stage);

  return (state, calculation) => {
    const view = viewOf(state, calculation);
    controls.show(state, calculation);
    link.show();
    setAttribute(root, "data-direction", state.direction);
    setText(title, view.title);
    left.show(state, calculation, view.left);
    right.show(state, calculation, view.right);
    picker.show(state, calculation, view.picksWeight);
    if (view.sum) sum.show(state, view.sum);
    sum.element.hidden = !view.sum;
    account.show(view.lines, state.digits);
    setAttribute(curve.element, "hidden", !view.curve);
    if (view.curve) curve.show(...view.curve, state.digits);
    const { network, layer, digits } = state;
    keep([layer, state.direction, state.target, digits, state.language].join());
    softmax.show(view.sum?.explanation?.softmax ?? null, (unit) => unitName(network, layer, unit), digits);
    setText(about, aboutLayer(network.layers[layer]));
    setText(remark, view.remark);
  };
}

/** What such a layer is for: its kind's text, else its family's. */
function aboutLayer(layer) {
  const key = [`about.${layer?.kind}`, `about.${layer?.family}`].find(isKnown);
  return layer && key ? say(key) : "";
}

/** Return what is to be seen of the picked number. */
function viewOf(state, calculation) {
  if (state.direction === "forward") return forwardView(state, calculation);
  return state.target === "cell" ? gradientView(state, calculation) : weightView(state, calculation);
}

function forwardView(state, calculation) {
  const { network, layer, digits } = state;
  const index = shownIndex(state);
  const value = at(valuesOf(calculation, "forward", layer), index);
  const title = `${cellName(network, layer, index)} = ${formatNumber(value, digits)}`;
  const here = { layer, map: layoutOf(network, layer).place(index)[2], direction: "forward", picked: index };
  if (inputAt(network, layer)) return { title, lines: [], left: here, right: null, remark: say("remark.pixel") };
  if (network.layers[layer].family === "given") {
    return { title, lines: [], left: here, right: null, remark: say("remark.given") };
  }
  const sum = forwardSum(calculation, layer, index);
  const open = openGroup(state, sum);
  const { activation, softmax, sum: before } = sum.explanation;
  const bent = activation.name !== "linear" && !softmax;
  return {
    title,
    sum,
    lines: forwardLines(sum, open, digits),
    left: sourceOf(network, layer, index, sum.groups[open]),
    right: here,
    curve: bent ? [activation, before, value] : null,
    remark: say(`remark.${sum.heads.length === 1 ? "passed" : "forward"}`),
  };
}

function gradientView(state, calculation) {
  const { network, layer, digits } = state;
  const index = shownIndex(state);
  const sum = cellGradientSum(calculation, layer, index);
  const value = at(valuesOf(calculation, "backward", layer), index);
  const open = openGroup(state, sum);
  const group = sum.groups[open];
  const next = group && shapeOf(network, group.source).length === 3;
  const cells = next ? group.terms.filter(Boolean).map(({ link }) => link.index) : [];
  return {
    title: say("place.gradient", { place: cellName(network, layer, index), value: formatNumber(value, digits) }),
    sum,
    lines: gradientLines(sum, open),
    left: { layer, map: layoutOf(network, layer).place(index)[2], direction: "backward", picked: index },
    right: next ? { layer: group.source, map: group.map, direction: "backward", window: cells } : null,
    remark: withHint(say(sum.explanation ? "remark.backward" : lastRemark(network, layer, sum.slope)), calculation),
  };
}

function weightView(state, calculation) {
  const { network, layer, target, optimizer, digits } = state;
  const index = weightIndex(state);
  const sum = weightGradientSum(calculation, layer, target, index);
  const gradients = calculation.gradients();
  const update = explainUpdate(network, gradients, layer, target, index, optimizer);
  const value = formatNumber(sum.explanation.value, digits);
  const weight = `${network.layers[layer].name}.${target}[${index.join(", ")}]`;
  const map = layoutOf(network, layer).place(state.index)[2];
  return {
    title: say("place.weight", { weight, value }),
    sum,
    lines: weightLines(sum, update),
    left: null,
    right: { layer, map, direction: "backward" },
    picksWeight: target === "kernel" && kernelLayout(network, layer) !== null,
    remark: withHint(weightRemark(network.layers[layer], target), calculation),
  };
}

/** What the gradient of an output says: p − y where loss and activation are one step. */
function lastRemark({ outputs }, layer, slope) {
  const output = outputs.find((one) => one.layer === layer);
  if (!output) return "remark.unread";
  if (slope?.how !== "p − y") return "remark.loss";
  return output.loss.name === "binary_crossentropy" ? "remark.last.sigmoid" : "remark.last";
}

/** Gradients of a sure network are next to nothing: say what to do. */
function withHint(text, calculation) {
  const { network } = calculation;
  const areClasses = network.outputs.every(({ answer }) => answer.kind !== "numbers");
  const isSure = areClasses && calculation.gradients().loss < SURE;
  return isSure ? `${text} ${say("remark.sure")}` : text;
}

function weightRemark({ family }, target) {
  if (family === "convolution") return say(target === "bias" ? "remark.bias" : "remark.weight");
  return family === "dense" ? say(`remark.dense.${target}`) : "";
}

/** The map that the open part of a sum was read from, its window framed; null where it is no map. */
function sourceOf(network, layer, index, group) {
  const { source } = group;
  const isMap = shapeOf(network, source).length === 3 || inputAt(network, source)?.picture;
  if (!isMap) return null;
  const { place } = layoutOf(network, source);
  const read = group.terms.filter((term) => term?.link?.layer === source).map(({ link }) => place(link.index));
  const map = read[0]?.[2] ?? group.map;
  const all = network.layers[layer].family === "dense"; // every cell is read: no window to be framed
  return { layer: source, map, direction: "forward", window: all ? [] : windowCells(network, layer, index) ?? read };
}
