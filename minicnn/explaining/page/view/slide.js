/** The slide: a filter goes over a small image, forward and backward, step by step. */

import { choice, counter } from "#page/view/choice.js";
import { button, element, setText } from "#page/view/dom.js";
import { say } from "#page/view/language.js";
import { player } from "#page/view/player.js";
import { FILTER_NAMES, START, slideOf, withFilter, withSizes } from "#page/view/slide_model.js";
import { slideStage } from "#page/view/slide_stage.js";

const LARGEST = 10; // rows and columns of the image
const LARGEST_FILTER = 5;

/** Fill the slide's card: of the page's state it shows theme, language and digits only. */
export function mountSlide(root, store) {
  let setting = START;
  const change = (part) => {
    setting = { ...setting, gradient: null, ...part };
    show(store.get());
  };
  const size = counter((value) => change(withSizes(setting, { size: value })));
  const kernelSize = counter((value) => change(withSizes(setting, { kernelSize: value })));
  const filter = choice((name) => change(withFilter(setting, name)));
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
  const again = button(() => change(START));
  const walk = player((step) => change({ step }));
  const formula = sizeFormula();
  const stage = slideStage({
    onStep: (step) => change({ step }),
    onImage: (cell) => edit("image", cell, setting.image[cell] === 0 ? 1 : 0),
    onKernel: (cell) => edit("kernel", cell, afterWeight(setting.kernel[cell])),
    onGradient: (gradient) => change({ gradient }),
  });
  const hint = element("p.remark");
  const controls = [direction, filter, stride, padding, dilation, size, kernelSize, number];
  root.append(
    element("div.controls", {}, ...controls.map((control) => control.element), again),
    element("div.play-row", {}, walk.element),
    stage.element,
    hint,
    formula.element,
  );

  function show(state) {
    const slide = slideOf(setting);
    const same = (value) => [value, value];
    const numbers = (most, able = most) =>
      Array.from({ length: most }, (_, less) => [...same(String(less + 1)), less < able]);
    const directions = [["forward", say("controls.forward")], ["backward", say("controls.backward")]];
    direction.show(say("controls.direction"), directions, setting.direction);
    const filters = [...FILTER_NAMES.map(same), ["own", say("slide.own"), setting.filter === "own"]];
    filter.show(say("slide.filter"), filters, setting.filter);
    stride.show(say("slide.stride"), numbers(3), String(setting.stride));
    padding.show(say("slide.padding"), ["valid", "same"].map(same), setting.padding);
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

/** −1, 0, 1, and again. */
function afterWeight(weight) {
  return weight >= 1 ? -1 : Math.floor(weight) + 1;
}

/** The output's size, as a formula with the numbers of an axis put in. */
function sizeFormula() {
  const title = element("h3");
  const words = element("p.formula");
  const numbers = element("p.formula.numbers-in", { id: "size-formula" });
  const notes = element("ul");
  return {
    element: element("div.size-formula", { role: "status" }, title, words, numbers, notes),
    show(axis) {
      const { before, after, extent, stride, padded, steps } = axis;
      setText(title, say("formula.title", axis));
      setText(words, say("formula.words"));
      setText(numbers, axis.text);
      const unseen = padded - (steps * stride + extent);
      const lines = [
        say("formula.window", axis),
        axis.padding === "same" ? say("formula.same", { ...axis, total: before + after }) : say("formula.valid"),
        ...(unseen > 0 ? [say("formula.unseen", { unseen })] : []),
      ];
      notes.replaceChildren(...lines.map((line) => element("li", {}, line)));
    },
  };
}
