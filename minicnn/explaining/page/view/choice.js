/**
 * Controls with a legend, which `show` tells what can be chosen and what is.
 *
 * No control moves under the mouse: what cannot be chosen now stays where it is, disabled.
 */

import { element, setText } from "#page/view/dom.js";

let made = 0;

/**
 * Make a choice of a few: radio buttons, side by side, so that the arrow keys work as everywhere. An option is
 * `[value, text]`; a third, false, says that it cannot be chosen now.
 */
export function choice(onChoose) {
  made += 1;
  const name = `choice-${made}`;
  const title = element("legend");
  const row = element("div.options");
  const lay = replacing(row, ([value, text]) => {
    const radio = element("input", { type: "radio", name, value, onChange: () => onChoose(value) });
    return element("label", {}, radio, element("span", { "data-bold": text }, text));
  });
  return {
    element: element("fieldset.choice", {}, title, row),
    show(legend, options, chosen) {
      setText(title, legend);
      const focused = row.contains(document.activeElement);
      const isNew = lay(options.map(([value, text]) => [value, text]));
      if (isNew && focused) queueMicrotask(() => row.querySelector("input:checked")?.focus());
      row.querySelectorAll("input").forEach((radio, place) => {
        radio.checked = radio.value === chosen;
        radio.disabled = options[place][2] === false;
      });
    },
  };
}

/** Make a list to choose from: options are `[value, text]`. */
export function list(onChoose) {
  const title = element("span.name");
  const select = element("select", { onChange: () => onChoose(select.value) });
  const lay = replacing(select, ([value, text]) => element("option", { value }, text));
  return {
    element: element("label.field", {}, title, select),
    show(legend, options, chosen) {
      setText(title, legend);
      lay(options);
      if (select.value !== chosen) select.value = chosen;
    },
  };
}

/**
 * Make a field for a number: from `least` to `count` - 1; null disables it. With the step 1, numbers are whole;
 * "any" allows all.
 */
export function counter(onChoose, step = 1) {
  const title = element("span.name");
  const onInput = () => {
    if (input.value !== "" && input.validity.valid) onChoose(Number(input.value));
  };
  const input = element("input", { type: "number", step, onInput });
  return {
    element: element("label.field", {}, title, input),
    show(legend, value, count, least = 0) {
      setText(title, legend);
      input.min = String(least);
      input.max = String(count - 1);
      input.disabled = value === null;
      const isTyped = document.activeElement === input && !input.validity.valid; // such as "-"
      if (!isTyped && (input.value === "" || Number(input.value) !== value)) input.value = String(value ?? "");
    },
  };
}

/** Return a function that replaces what is in a part if the options are others, and says whether it did. */
function replacing(part, make) {
  let key = "";
  return (options) => {
    const next = JSON.stringify(options);
    const isNew = next !== key;
    if (isNew) part.replaceChildren(...options.map(make));
    key = next;
    return isNew;
  };
}
