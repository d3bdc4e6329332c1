/** A pen on a canvas: for mouse, pen and finger, and for the arrow keys. */

import { within } from "#page/view/arrows.js";

/** Rows and columns of the drawing. */
export const SIZE = 280;

const WIDTH = 21; // of a stroke: what MNIST's look like once they are shrunk
const KEY_STEP = 10;
const KEYS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/**
 * Let a canvas be drawn on: white on black.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {object} options
 * @param {() => void} options.onBegin - before each stroke
 * @param {() => void} options.onInk - after each piece of one
 * @param {(x: number, y: number, down: boolean) => void} options.onKeyPen - the keyboard's pen moved
 */
export function pen(canvas, { onBegin, onInk, onKeyPen }) {
  let last = null;
  let key = { x: SIZE / 2, y: SIZE / 4, down: false };

  function line(from, to) {
    drawStroke(canvas, [[from.x, from.y], [to.x, to.y]]);
    onInk();
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * SIZE,
      y: ((event.clientY - box.top) / box.height) * SIZE,
    };
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    onBegin();
    last = place(event);
    line(last, last);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!last) return;
    const pieces = event.getCoalescedEvents?.() ?? [];
    for (const piece of pieces.length > 0 ? pieces : [event]) {
      const next = place(piece);
      line(last, next);
      last = next;
    }
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      last = null;
    });
  }

  canvas.addEventListener("keydown", (event) => {
    const move = KEYS[event.key];
    if (event.key === " " || event.key === "Enter") {
      key = { ...key, down: !key.down };
      if (key.down) {
        onBegin();
        line(key, key);
      }
    } else if (move) {
      const next = {
        x: within(key.x + KEY_STEP * move[0], SIZE),
        y: within(key.y + KEY_STEP * move[1], SIZE),
        down: key.down,
      };
      if (key.down) line(key, next);
      key = next;
    } else return;
    event.preventDefault();
    onKeyPen(key.x, key.y, key.down);
  });
}

/**
 * Draw a line through points.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number[][]} points - x and y of each
 */
export function drawStroke(canvas, points) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.strokeStyle = "#fff";
  context.lineWidth = WIDTH;
  context.lineCap = "round";
  context.beginPath();
  points.forEach(([x, y], number) => (number === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
  context.stroke();
}

/**
 * Read how much ink there is: 0 to 1, row by row.
 *
 * @param {HTMLCanvasElement} canvas
 * @returns {Float32Array}
 */
export function inkOf(canvas) {
  const pixels = canvas.getContext("2d").getImageData(0, 0, SIZE, SIZE).data;
  const ink = new Float32Array(SIZE * SIZE);
  for (let pixel = 0; pixel < ink.length; pixel += 1) ink[pixel] = pixels[4 * pixel] / 255;
  return ink;
}
