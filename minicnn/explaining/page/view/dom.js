/** Elements of the page, made in one line each. */

/**
 * Make an element: "button", or with classes "button.primary.big". Attributes such as `onClick` listen; those
 * that are null or false are left out, and so are children that are null.
 */
export function element(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const made = document.createElement(name);
  made.classList.add(...classes);
  return filled(made, attributes, children);
}

/** Make a button; "button.primary" has a class. */
export function button(onClick, attributes = {}, ...children) {
  return element("button", { type: "button", onClick, ...attributes }, ...children);
}

/** Make an SVG element. */
export function svg(tag, attributes = {}, ...children) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function filled(made, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2).toLowerCase(), value);
    else setAttribute(made, key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Set an attribute, and touch the page only if that changes it; null, undefined and false take it away. */
export function setAttribute(target, name, value) {
  if (value === null || value === undefined || value === false) {
    if (target.hasAttribute(name)) target.removeAttribute(name);
    return;
  }
  const text = value === true ? "" : String(value);
  if (target.getAttribute(name) !== text) target.setAttribute(name, text);
}

/** Set an element's text, and touch the page only if that changes it. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Let a part of the page not get lower again, so that what is below it stays under the mouse. The function that
 * is returned says what the part shows: with something else, or another width, it begins anew.
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

/** Read the JSON that stands in the page, by the id of its `<script type="application/json">`. */
export function readJson(id) {
  return JSON.parse(document.getElementById(id).textContent);
}
