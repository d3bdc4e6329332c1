/** Elements of the page, made in one line each. */

/**
 * Make an element.
 *
 * @param {string} tag - "button", or with classes "button.primary.big"
 * @param {Object<string, any>} [attributes] - `onClick` and the like listen; null and false are left out
 * @param {...(Node | string | null)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const made = document.createElement(name);
  made.classList.add(...classes);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2).toLowerCase(), value);
    else setAttribute(made, key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/**
 * Make an SVG element.
 *
 * @param {string} tag
 * @param {Object<string, any>} [attributes]
 * @param {...Node} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) setAttribute(made, key, value);
  made.append(...children);
  return made;
}

/**
 * Set an attribute, and touch the page only if that changes it.
 *
 * @param {Element} target
 * @param {string} name
 * @param {any} value - null, undefined and false take it away, true sets it to ""
 */
export function setAttribute(target, name, value) {
  if (value === null || value === undefined || value === false) {
    if (target.hasAttribute(name)) target.removeAttribute(name);
    return;
  }
  const text = value === true ? "" : String(value);
  if (target.getAttribute(name) !== text) target.setAttribute(name, text);
}

/**
 * Set an element's text, and touch the page only if that changes it.
 *
 * @param {Element} target
 * @param {string} text
 */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Let a part of the page not get lower again, so that what is below it stays under the mouse.
 *
 * @param {HTMLElement} part
 * @returns {(of: string) => void} says what it shows: with something else, or another width, it begins anew
 */
export function keepHeight(part) {
  let [shown, width] = ["", 0];
  const keep = () => {
    part.style.minHeight = width === part.offsetWidth ? `${part.offsetHeight}px` : "";
    width = part.offsetWidth;
  };
  new ResizeObserver(() => requestAnimationFrame(keep)).observe(part); // not in the frame that it measures
  return (of) => {
    if (of !== shown) part.style.minHeight = "";
    shown = of;
  };
}

/**
 * Read the JSON that stands in the page.
 *
 * @param {string} id - of its `<script type="application/json">`
 * @returns {any}
 */
export function readJson(id) {
  return JSON.parse(document.getElementById(id).textContent);
}
