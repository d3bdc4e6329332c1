/** A choice of a few: radio buttons, side by side, so that the arrow keys work as everywhere. */

import { element, setText } from "#page/view/dom.js";

let made = 0;

/**
 * Make a choice.
 *
 * @param {(value: string) => void} onChoose
 * @returns {{element: HTMLElement, show: (legend: string, options: [string, string][], chosen: string) => void}}
 *   `options`: value and text of each
 */
export function choice(onChoose) {
  made += 1;
  const name = `choice-${made}`;
  const title = element("legend");
  const row = element("div.options");
  let key = "";

  function option([value, text]) {
    const radio = element("input", { type: "radio", name, value, onChange: () => onChoose(value) });
    return element("label", {}, radio, element("span", {}, text));
  }

  return {
    element: element("fieldset.choice", {}, title, row),
    show(legend, options, chosen) {
      setText(title, legend);
      const next = JSON.stringify(options);
      if (next !== key) {
        const focused = row.contains(document.activeElement);
        row.replaceChildren(...options.map(option));
        key = next;
        if (focused) queueMicrotask(() => row.querySelector("input:checked")?.focus());
      }
      for (const radio of row.querySelectorAll("input")) radio.checked = radio.value === chosen;
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
 * @returns {{element: HTMLElement, show: (legend: string, value: number, count: number, least?: number) => void}}
 *   `count`: how many numbers from 0 on may be chosen, the `least` of which
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
      const isTyped = document.activeElement === input && !input.validity.valid; // such as "-"
      if (!isTyped && (input.value === "" || Number(input.value) !== value)) input.value = String(value);
    },
  };
}
