/** Where the inspector looks: direction, layer, map, row and column; back; and a walk of its own. */

import { shapeOf } from "#page/arithmetic/network.js";
import { answerLists } from "#page/view/answer_list.js";
import { calculate } from "#page/view/calculation.js";
import { choice, counter, list } from "#page/view/choice.js";
import { element, setText } from "#page/view/dom.js";
import { say } from "#page/view/language.js";
import { layerName } from "#page/view/cells.js";
import { placesOf } from "#page/view/layouts.js";
import { player } from "#page/view/player.js";
import { nearestIndex, targetsOf } from "#page/view/selection.js";
import { goBack } from "#page/view/store.js";
import { steepestWeight } from "#page/view/weight_picker.js";

const AXES = ["controls.row", "controls.column", "controls.map"];

/**
 * Make the controls.
 *
 * @param {import("#page/view/store.js").Store} store
 * @returns {{element: HTMLElement, back: HTMLElement, show: (state: object, calculation: object) => void}}
 */
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
  const axes = [0, 1, 2].map((axis) =>
    counter((place) => {
      const index = store.get().index.slice();
      index[index.length === 1 ? 0 : axis] = place;
      set({ index });
    }),
  );
  const back = element("button", { type: "button", onClick: () => goBack(store) });
  const walk = player((step) => {
    const { network, layer: here, index } = store.get();
    set({ index: cellOfStep(shapeOf(network, here), index, step) });
  });
  return {
    element: element(
      // what comes and goes stands last, so that nothing moves under the mouse
      "div.controls", {}, direction.element, layer.element, axes[2].element, axes[0].element, axes[1].element,
      walk.element, target.element, labels.element,
    ),
    back,
    show(state, calculation) {
      labels.show(calculation.labels, state.direction === "backward");
      const { network, index, history } = state;
      const shape = shapeOf(network, state.layer);
      const targets = targetsOf(network, state.layer);
      direction.show(
        say("controls.direction"),
        [["forward", say("controls.forward")], ["backward", say("controls.backward")]],
        state.direction,
      );
      direction.element.hidden = !network.learns;
      target.element.hidden = state.direction === "forward" || targets.length === 1;
      target.show(say("controls.target"), targets.map((name) => [name, targetText(name)]), state.target);
      const layers = placesOf(network).map((place) => [String(place), layerName(network, place)]);
      layer.show(say("controls.layer"), layers, String(state.layer));
      axes.forEach((field, axis) => {
        const flat = shape.length === 1;
        field.element.hidden = (flat && axis < 2) || (!flat && shape[axis] === 1);
        if (flat) field.show(say("controls.unit"), index[0], shape[0]);
        else field.show(say(AXES[axis]), index[axis] ?? 0, shape[axis] ?? 1);
      });
      walk.show({ step: stepOfCell(shape, index), count: stepsOf(shape) });
      back.disabled = history.length === 0;
      setText(back, say("controls.back"));
    },
  };
}

function targetText(name) {
  return ["cell", "kernel", "bias"].includes(name) ? say(`controls.target.${name}`) : name;
}

/** A walk goes through one map row by row; through a row of numbers one by one. */
function stepsOf(shape) {
  return shape.length === 3 ? shape[0] * shape[1] : shape[0];
}

function stepOfCell(shape, index) {
  return shape.length === 3 ? index[0] * shape[1] + index[1] : index[0];
}

function cellOfStep(shape, index, step) {
  return shape.length === 3 ? [Math.floor(step / shape[1]), step % shape[1], index[2]] : [step];
}
