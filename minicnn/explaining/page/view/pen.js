/** A pen on a canvas: for mouse, pen and finger, and for the arrow keys. */

import { within } from "#page/view/arrows.js";

/** Rows and columns of the drawing. */
export const SIZE = 280;

const WIDTH = 21; // of a stroke: what MNIST's look like once they are shrunk
const KEY_STEP = 10;
const KEYS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/**
 * Let a canvas be drawn on: `onBegin(point)` of a stroke, `onMove(point)` to its next one, and
 * `onKeyPen(point, down)` where the keyboard's pen is. Points are x and y.
 */
export function pen(canvas, { onBegin, onMove, onKeyPen }) {
  let isDown = false;
  let key = [SIZE / 2, SIZE / 4];
  let keyDown = false;

  function place(event) {
    const box = canvas.getBoundingClientRect();
    const parts = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return parts.map((part) => Math.round(part * SIZE));
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    isDown = true;
    onBegin(place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!isDown) return;
    const pieces = event.getCoalescedEvents?.() ?? [];
    for (const piece of pieces.length > 0 ? pieces : [event]) onMove(place(piece));
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (isDown = false));

  canvas.addEventListener("keydown", (event) => {
    const move = KEYS[event.key];
    if (event.key === " " || event.key === "Enter") {
      keyDown = !keyDown;
      if (keyDown) onBegin(key);
    } else if (move) {
      key = key.map((one, axis) => within(one + KEY_STEP * move[axis], SIZE));
      if (keyDown) onMove(key);
    } else return;
    event.preventDefault();
    onKeyPen(key, keyDown);
  });
}

/** Draw a line through points, piece by piece, so that it looks the same however it came. */
export function drawStroke(canvas, points) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.strokeStyle = "#fff";
  context.lineWidth = WIDTH;
  context.lineCap = "round";
  points.forEach((point, number) => {
    context.beginPath();
    context.moveTo(...points[Math.max(number - 1, 0)]);
    context.lineTo(...point);
    context.stroke();
  });
}

/** Read how much ink there is: 0 to 1, row by row; the canvas is transparent without. */
export function inkOf(canvas) {
  const pixels = canvas.getContext("2d").getImageData(0, 0, SIZE, SIZE).data;
  const ink = new Float32Array(SIZE * SIZE);
  for (let pixel = 0; pixel < ink.length; pixel += 1) ink[pixel] = pixels[4 * pixel + 3] / 255;
  return ink;
}
