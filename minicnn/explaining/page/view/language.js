/** The page's words, in the language that is chosen. */

import { readJson, setAttribute, setText } from "#page/view/dom.js";

const texts = readJson("texts-data");
let chosen = document.documentElement.lang;

/** The languages there are, by their own names. */
export const LANGUAGES = { en: "English", ko: "한국어" };

/** Say the text of a key in the chosen language; values take the places of `{name}`. */
export function say(key, values = {}) {
  const text = texts[chosen][key];
  if (text === undefined) throw new Error(`texts/${chosen}.json has no ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    if (!(name in values)) throw new Error(`${key} needs a value for {${name}}`);
    return String(values[name]);
  });
}

/** Say whether there is such a text. */
export function isKnown(key) {
  return key in texts[chosen];
}

/** Choose a language, and write what stands in `page.html` in it. */
export function chooseLanguage(language) {
  chosen = language;
  document.documentElement.lang = language;
  for (const place of document.querySelectorAll("[data-text]")) setText(place, say(place.dataset.text));
  for (const place of document.querySelectorAll("[data-label]")) {
    setAttribute(place, "aria-label", say(place.dataset.label));
  }
}
