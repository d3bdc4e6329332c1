/** Projector, handout, language, light or dark, and how many digits: in the page's head. */

import { choice } from "#page/view/choice.js";
import { button, setText } from "#page/view/dom.js";
import { printHandout } from "#page/view/handout.js";
import { LANGUAGES, chooseLanguage, say } from "#page/view/language.js";
import { projector } from "#page/view/projector.js";

const DIGITS = [["3", "0.123"], ["6", "0.123456"]];

/** Return what the reader's device is set to: "light" or "dark". */
export function themeOfDevice() {
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Fill the switches' place. */
export function mountSwitches(root, store) {
  const language = choice((value) => store.set({ language: value }));
  const theme = choice((value) => store.set({ theme: value, ownTheme: true }));
  const digits = choice((value) => store.set({ digits: Number(value) }));
  const handout = button(printHandout);
  const screen = projector();
  root.append(screen.element, handout, digits.element, theme.element, language.element);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (!store.get().ownTheme) store.set({ theme: themeOfDevice() });
  });
  return (state) => {
    if (document.documentElement.lang !== state.language || !root.dataset.ready) chooseLanguage(state.language);
    root.dataset.ready = "yes";
    document.documentElement.dataset.theme = state.theme;
    language.show(say("switches.language"), Object.entries(LANGUAGES), state.language);
    const themes = [["light", say("switches.light")], ["dark", say("switches.dark")]];
    theme.show(say("switches.theme"), themes, state.theme);
    setText(handout, say("handout.print"));
    screen.show();
    digits.show(say("switches.digits"), DIGITS, String(state.digits));
  };
}
