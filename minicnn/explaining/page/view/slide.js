/** The slide: a filter goes over the lecture's image, forward and backward, step by step. */

import { choice } from "#page/view/choice.js";
import { element, setText } from "#page/view/dom.js";
import { say } from "#page/view/language.js";
import { player } from "#page/view/player.js";
import { sizeFormula } from "#page/view/size_formula.js";
import { FILTERS, IMAGE, slideOf } from "#page/view/slide_model.js";
import { slideStage } from "#page/view/slide_stage.js";

const START = {
  image: IMAGE, kernel: FILTERS[1], filter: "1",
  stride: 1, padding: "valid", dilation: 1,
  direction: "forward", step: 0, gradient: null,
};

/**
 * Fill the slide's card.
 *
 * @param {HTMLElement} root
 * @param {import("#page/view/store.js").Store} store - for theme, language and digits only
 * @returns {(state: import("#page/view/store.js").State) => void}
 */
export function mountSlide(root, store) {
  let setting = START;
  const change = (part) => {
    setting = { ...setting, gradient: null, ...part };
    show(store.get());
  };
  const filter = choice((name) => change({ filter: name, kernel: FILTERS[name] }));
  // As in Keras: a convolution has strides or dilation, not both.
  const stride = choice((value) => change({ stride: Number(value), dilation: 1, step: 0 }));
  const padding = choice((value) => change({ padding: value, step: 0 }));
  const dilation = choice((value) => change({ dilation: Number(value), stride: 1, step: 0 }));
  const direction = choice((value) => change({ direction: value, step: 0 }));
  const again = element("button", { type: "button", onClick: () => change(START) });
  const walk = player((step) => change({ step }));
  const formula = sizeFormula();
  const stage = slideStage({
    onStep: (step) => change({ step }),
    onImage: (cell) => change({ image: replaced(setting.image, cell, 1 - setting.image[cell]) }),
    onKernel(cell) {
      const { kernel } = setting;
      change({ filter: "own", kernel: replaced(kernel, cell, afterWeight(kernel[cell])) });
    },
    onGradient: (gradient) => change({ gradient }),
  });
  const hint = element("p.remark");
  root.append(
    element(
      "div.controls", {}, direction.element, filter.element, stride.element,
      padding.element, dilation.element, again,
    ),
    element("div.play-row", {}, walk.element),
    stage.element,
    hint,
    formula.element,
  );

  function show(state) {
    const slide = slideOf(setting);
    const filters = [...Object.keys(FILTERS), ...(setting.filter === "own" ? ["own"] : [])];
    const numbers = (...values) => values.map((value) => [String(value), String(value)]);
    direction.show(
      say("controls.direction"),
      [["forward", say("controls.forward")], ["backward", say("controls.backward")]],
      setting.direction,
    );
    filter.show(
      say("slide.filter"),
      filters.map((name) => [name, name === "own" ? say("slide.own") : name]),
      setting.filter,
    );
    stride.show(say("slide.stride"), numbers(1, 2, 3), String(setting.stride));
    padding.show(say("slide.padding"), [["valid", "valid"], ["same", "same"]], setting.padding);
    dilation.show(say("slide.dilation"), numbers(1, 2), String(setting.dilation));
    setText(again, say("slide.again"));
    walk.show({ step: setting.step, count: slide.axis.size ** 2 });
    stage.show(setting, slide, state);
    setText(hint, say(`slide.hint.${setting.direction}`));
    formula.show(slide.axis);
  }

  return show;
}

function replaced(values, place, value) {
  return values.map((old, at) => (at === place ? value : old));
}

/** −1, 0, 1, and again. */
function afterWeight(weight) {
  return weight >= 1 ? -1 : weight + 1;
}
