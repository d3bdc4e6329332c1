/** Where the inspector looks: direction, layer, map, row and column; back; and a walk of its own. */

import { indexOf, offsetOf, shapeOf, sizeOf } from "#page/arithmetic/network.js";
import { answerLists } from "#page/view/answer_list.js";
import { calculate } from "#page/view/calculation.js";
import { layerName } from "#page/view/cells.js";
import { choice, counter, list } from "#page/view/choice.js";
import { button, element, setText } from "#page/view/dom.js";
import { say } from "#page/view/language.js";
import { placesOf } from "#page/view/layouts.js";
import { player } from "#page/view/player.js";
import { nearestIndex, targetsOf } from "#page/view/selection.js";
import { goBack } from "#page/view/store.js";
import { steepestWeight } from "#page/view/weight_picker.js";

const AXES = ["controls.row", "controls.column", "controls.map"];

/** Make the controls, and apart from them the button `back`. */
export function inspectorControls(store) {
  const set = (change) => store.set({ pointed: null, ...change });
  const direction = choice((value) => set({ direction: value, target: "cell", group: null }));
  const target = choice((value) => {
    const state = store.get();
    set({ target: value, group: null, ...steepestWeight(state, calculate(state), value) });
  });
  const labels = answerLists(store);
  const layer = list((value) => {
    const { network, index } = store.get();
    const next = Number(value);
    set({ layer: next, index: nearestIndex(network, next, index), group: null, target: "cell" });
  });
  const axes = AXES.map((_, axis) =>
    counter((place) => {
      const { index } = store.get();
      set({ index: index.with(index.length === 1 ? 0 : axis, place) });
    }),
  );
  const back = button(() => goBack(store));
  const walk = player((step) => {
    const { network, layer: here, index } = store.get();
    const walked = walkedAxes(shapeOf(network, here));
    set({ index: [...indexOf(walked, step), ...index.slice(walked.length)] });
  });
  return {
    element: element(
      // what comes and goes stands last, so that nothing moves under the mouse
      "div.controls", {}, direction.element, layer.element, axes[2].element, axes[0].element, axes[1].element,
      walk.element, target.element, labels.element,
    ),
    back,
    show(state, calculation) {
      const { network, index, history } = state;
      const shape = shapeOf(network, state.layer);
      const targets = targetsOf(network, state.layer);
      labels.show(calculation.labels, state.direction === "backward");
      const directions = [["forward", say("controls.forward")], ["backward", say("controls.backward")]];
      direction.show(say("controls.direction"), directions, state.direction);
      direction.element.hidden = !network.learns;
      target.element.hidden = state.direction === "forward" || targets.length === 1;
      target.show(say("controls.target"), targets.map((name) => [name, targetText(name)]), state.target);
      const layers = placesOf(network).map((place) => [String(place), layerName(network, place)]);
      layer.show(say("controls.layer"), layers, String(state.layer));
      const isRow = shape.length === 1;
      axes.forEach((field, axis) => {
        field.element.hidden = isRow ? axis < 2 : (shape[axis] ?? 1) === 1;
        if (isRow) field.show(say("controls.unit"), index[0], shape[0]);
        else field.show(say(AXES[axis]), index[axis] ?? 0, shape[axis] ?? 1);
      });
      const walked = walkedAxes(shape);
      walk.show({ step: offsetOf(walked, index.slice(0, walked.length)), count: sizeOf(walked) });
      back.disabled = history.length === 0;
      setText(back, say("controls.back"));
    },
  };
}

function targetText(name) {
  return ["cell", "kernel", "bias"].includes(name) ? say(`controls.target.${name}`) : name;
}

/** A walk goes through one map row by row; through a row of numbers one by one. */
const walkedAxes = (shape) => shape.slice(0, Math.max(shape.length - 1, 1));
