/**
 * A drawing: strokes on nothing, on an example or on a photograph; what was done last can be undone.
 *
 * @typedef {object} Drawing
 * @property {ArrayLike<number> | null} ground - the numbers of the picture that is drawn on
 * @property {number[][][]} strokes - x and y of the points of each
 */

import { element } from "#page/view/dom.js";
import { SIZE, drawStroke, inkOf, pen } from "#page/view/pen.js";
import { imageOfInk, paintImage, paintedOver } from "#page/view/pictures.js";

/** The drawing that was changed last: that of Ctrl+Z, and of a picture that is pasted. */
let latest = null;

document.addEventListener("keydown", (event) => {
  const isField = event.target instanceof HTMLInputElement && event.target.type !== "radio";
  if (event.key.toLowerCase() !== "z" || event.shiftKey || !(event.ctrlKey || event.metaKey) || isField) return;
  if (latest?.undo()) event.preventDefault();
});

/** Return what `drawing` returned for the one that was changed last, or null. */
export function latestDrawing() {
  return latest;
}

/** Make a canvas to draw an input on, with the first `Drawing`, if any; after a change `made` has the new image. */
export function drawing(input, first, onChange) {
  const below = element("canvas.ground", { "aria-hidden": "true" });
  const canvas = element("canvas.ink", { width: SIZE, height: SIZE, tabindex: 0, role: "application" });
  const cursor = element("span.cursor", { hidden: true });
  const past = [];
  let now = first ?? { ground: null, strokes: [] };
  let shown = null; // the image's numbers

  function show(next) {
    now = next;
    canvas.getContext("2d", { willReadFrequently: true }).clearRect(0, 0, SIZE, SIZE);
    for (const stroke of now.strokes) drawStroke(canvas, stroke);
    below.hidden = !now.ground;
    if (now.ground) paintImage(below, input, now.ground);
  }

  function changed() {
    latest = self;
    onChange();
  }

  pen(canvas, {
    onBegin(point) {
      past.push(now);
      now = { ...now, strokes: [...now.strokes, [point]] };
      drawStroke(canvas, [point]);
      changed();
    },
    onMove(point) {
      const stroke = now.strokes.at(-1);
      drawStroke(canvas, [stroke.at(-1), point]);
      stroke.push(point);
      changed();
    },
    onKeyPen([x, y], down) {
      cursor.hidden = false;
      cursor.style.cssText = `left: ${(100 * x) / SIZE}%; top: ${(100 * y) / SIZE}%`;
      cursor.classList.toggle("down", down);
    },
  });
  canvas.addEventListener("blur", () => (cursor.hidden = true));

  const self = {
    element: element("div.board", {}, below, canvas, cursor),
    canvas,
    /** The image, and the drawing that it was made of. */
    made() {
      const ink = inkOf(canvas);
      shown = now.ground ? paintedOver(input, now.ground, ink, SIZE) : imageOfInk(input, ink, SIZE);
      return { data: shown, drawing: now, blank: !now.ground && !ink.some(Boolean) };
    },
    /** Begin another drawing, on a picture or on nothing. */
    begin(ground = null, strokes = []) {
      past.push(now);
      show({ ground, strokes });
      changed();
    },
    undo() {
      if (past.length > 0) {
        show(past.pop());
        changed();
      }
      return latest === self;
    },
    canUndo: () => past.length > 0,
    current: () => now,
    /** Show numbers that came from elsewhere. */
    take(data) {
      if (shown?.every((value, place) => value === data[place])) return;
      if (shown) past.push(now);
      shown = data;
      show({ ground: data, strokes: [] });
    },
  };
  if (first) {
    show(first);
    changed();
  }
  latest ??= self;
  return self;
}
