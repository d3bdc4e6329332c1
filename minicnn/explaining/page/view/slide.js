/** The slide: a filter goes over a small image, forward and backward, step by step. */

import { choice, counter } from "#page/view/choice.js";
import { element, setText } from "#page/view/dom.js";
import { say } from "#page/view/language.js";
import { player } from "#page/view/player.js";
import { sizeFormula } from "#page/view/size_formula.js";
import { FILTERS, pixelAt, slideOf, square } from "#page/view/slide_model.js";
import { slideStage } from "#page/view/slide_stage.js";

const START = {
  size: 6, image: square(6, pixelAt), kernelSize: 3, kernel: square(3, FILTERS[1]), filter: "1",
  stride: 1, padding: "valid", dilation: 1,
  direction: "forward", step: 0, gradient: null, edited: null,
};
const LARGEST = 10; // rows and columns of the image
const LARGEST_FILTER = 5;

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
  const size = counter((value) => change(resized(setting, { size: value })));
  const kernelSize = counter((value) => change(resized(setting, { kernelSize: value })));
  const filter = choice((name) => change({ filter: name, kernel: square(setting.kernelSize, FILTERS[name]) }));
  // As in Keras: a convolution has strides or dilation, not both.
  const stride = choice((value) => change({ stride: Number(value), dilation: 1, step: 0 }));
  const padding = choice((value) => change({ padding: value, step: 0 }));
  const dilation = choice((value) => change({ dilation: Number(value), stride: 1, step: 0 }));
  const direction = choice((value) => change({ direction: value, step: 0 }));
  const edit = (of, cell, value) => {
    const own = of === "kernel" ? { filter: "own" } : {};
    change({ [of]: setting[of].with(cell, value), edited: [of, cell], ...own });
  };
  const number = counter((value) => edit(...setting.edited, value), "any");
  const again = element("button", { type: "button", onClick: () => change(START) });
  const walk = player((step) => change({ step }));
  const formula = sizeFormula();
  const stage = slideStage({
    onStep: (step) => change({ step }),
    onImage: (cell) => edit("image", cell, setting.image[cell] === 0 ? 1 : 0),
    onKernel: (cell) => edit("kernel", cell, afterWeight(setting.kernel[cell])),
    onGradient: (gradient) => change({ gradient }),
  });
  const hint = element("p.remark");
  root.append(
    element(
      "div.controls", {}, direction.element, filter.element, stride.element, padding.element,
      dilation.element, size.element, kernelSize.element, number.element, again,
    ),
    element("div.play-row", {}, walk.element),
    stage.element,
    hint,
    formula.element,
  );

  function show(state) {
    const slide = slideOf(setting);
    const filters = Object.keys(FILTERS).map((name) => [name, name]);
    const numbers = (most, able = most) =>
      Array.from({ length: most }, (_, less) => [String(less + 1), String(less + 1), less < able]);
    direction.show(
      say("controls.direction"),
      [["forward", say("controls.forward")], ["backward", say("controls.backward")]],
      setting.direction,
    );
    filter.show(
      say("slide.filter"),
      [...filters, ["own", say("slide.own"), setting.filter === "own"]],
      setting.filter,
    );
    stride.show(say("slide.stride"), numbers(3), String(setting.stride));
    padding.show(say("slide.padding"), [["valid", "valid"], ["same", "same"]], setting.padding);
    const fits = 2 * (setting.kernelSize - 1) < setting.size;
    dilation.show(say("slide.dilation"), numbers(2, fits ? 2 : 1), String(setting.dilation));
    size.show(say("slide.size"), setting.size, LARGEST + 1, setting.kernelSize);
    kernelSize.show(say("slide.kernelSize"), setting.kernelSize, Math.min(LARGEST_FILTER, setting.size) + 1, 1);
    const [of, cell] = setting.edited ?? ["image", null];
    const side = of === "image" ? setting.size : setting.kernelSize;
    const place = cell === null ? "" : `[${Math.floor(cell / side)}, ${cell % side}]`;
    number.show(say(`slide.edited.${of}`, { place }), setting[of][cell] ?? null, Infinity, -Infinity);
    setText(again, say("slide.again"));
    walk.show({ step: setting.step, count: slide.axis.size ** 2 });
    stage.show(setting, slide, state);
    setText(hint, say(`slide.hint.${setting.direction}`));
    formula.show(slide.axis);
  }

  return show;
}

/** Other sizes: numbers that are inside both stay, and the filter fits into the image. */
function resized(setting, sizes) {
  const next = { ...setting, ...sizes };
  const dilation = (next.kernelSize - 1) * setting.dilation < next.size ? setting.dilation : 1;
  const weightAt = FILTERS[setting.filter] ?? kept(setting.kernel, setting.kernelSize, () => 0);
  return {
    ...sizes, dilation, step: 0, edited: null,
    image: square(next.size, kept(setting.image, setting.size, pixelAt)),
    kernel: square(next.kernelSize, weightAt),
  };
}

/** The number of a square, or outside it another one. */
function kept(values, size, otherwise) {
  return (row, column) => (row < size && column < size ? values[row * size + column] : otherwise(row, column));
}

/** −1, 0, 1, and again. */
function afterWeight(weight) {
  return weight >= 1 ? -1 : Math.floor(weight) + 1;
}
