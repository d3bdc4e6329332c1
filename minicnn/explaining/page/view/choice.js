/**
 * A choice of a few: radio buttons, side by side, so that the arrow keys work as everywhere.
 *
 * No control moves under the mouse: what cannot be chosen now stays where it is, disabled.
 */

import { element, setText } from "#page/view/dom.js";

let made = 0;

/**
 * Make a choice.
 *
 * @param {(value: string) => void} onChoose
 * @returns {{element: HTMLElement,
 *   show: (legend: string, options: [string, string, boolean?][], chosen: string) => void}}
 *   `options`: value and text of each, and whether it can be chosen
 */
export function choice(onChoose) {
  made += 1;
  const name = `choice-${made}`;
  const title = element("legend");
  const row = element("div.options");
  let key = "";

  function option([value, text]) {
    const radio = element("input", { type: "radio", name, value, onChange: () => onChoose(value) });
    return element("label", {}, radio, element("span", { "data-bold": text }, text));
  }

  return {
    element: element("fieldset.choice", {}, title, row),
    show(legend, options, chosen) {
      setText(title, legend);
      const next = JSON.stringify(options.map(([value, text]) => [value, text]));
      if (next !== key) {
        const focused = row.contains(document.activeElement);
        row.replaceChildren(...options.map(option));
        key = next;
        if (focused) queueMicrotask(() => row.querySelector("input:checked")?.focus());
      }
      row.querySelectorAll("input").forEach((radio, place) => {
        radio.checked = radio.value === chosen;
        radio.disabled = options[place][2] === false;
      });
    },
  };
}

/**
 * Make a list to choose from.
 *
 * @param {(value: string) => void} onChoose
 * @returns {{element: HTMLElement, show: (legend: string, options: [string, string][], chosen: string) => void}}
 */
export function list(onChoose) {
  const title = element("span.name");
  const select = /** @type {HTMLSelectElement} */ (
    element("select", { onChange: () => onChoose(select.value) })
  );
  let key = "";
  return {
    element: element("label.field", {}, title, select),
    show(legend, options, chosen) {
      setText(title, legend);
      const next = JSON.stringify(options);
      if (next !== key) {
        select.replaceChildren(...options.map(([value, text]) => element("option", { value }, text)));
        key = next;
      }
      if (select.value !== chosen) select.value = chosen;
    },
  };
}

/**
 * Make a field for a number.
 *
 * @param {(value: number) => void} onChoose
 * @param {number | "any"} [step] - 1: whole numbers
 * @returns {{element: HTMLElement,
 *   show: (legend: string, value: number | null, count: number, least?: number) => void}}
 *   `value`: null disables it; `count`: how many numbers from 0 on may be chosen, the `least` of which
 */
export function counter(onChoose, step = 1) {
  const title = element("span.name");
  const input = /** @type {HTMLInputElement} */ (
    element("input", {
      type: "number",
      step,
      onInput() {
        if (input.value !== "" && input.validity.valid) onChoose(Number(input.value));
      },
    })
  );
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
