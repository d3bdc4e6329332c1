/** Images for the network: of a drawing, and back onto the screen. An input has `picture` and `valueRange`. */

import { sizeOf, tensor } from "#page/arithmetic/network.js";
import { greyScale, paint } from "#page/view/colours.js";
import { centredPicture, dotPicture, resized } from "#page/view/handwriting.js";

const [LARGE, SMALL] = [28, 8]; // rows of MNIST's digits, and of scikit-learn's
const WHOLE_NUMBERS_FROM = 2; // pixels of 0 to 255 are whole numbers, of 0 to 1 they are not

/** Make the ink of a drawing into the numbers of an image as the network was trained with. */
export function imageOfInk({ picture, valueRange }, ink, size) {
  const { height, width, channels } = picture;
  const isSmall = height === SMALL && width === SMALL;
  const shades = isSmall ? dotPicture(ink, size) : centredPicture(ink, size, height, width);
  const values = new Float64Array(height * width * channels);
  return values.map((_, at) => pixelValue(valueRange, shades[Math.floor(at / channels)]));
}

/** Return the value of a pixel: of black 0, of white 1. */
export function pixelValue([low, high], shade) {
  return fitting([low, high], low + shade * (high - low));
}

const fitting = ([, high], value) => (high >= WHOLE_NUMBERS_FROM ? Math.round(value) : value);

/** Say whether a picture has the size of handwriting, as MNIST's digits or scikit-learn's. */
export function isHandwriting({ height, width, channels }) {
  return height === width && (height === LARGE || height === SMALL) && channels === 1;
}

/** Return the numbers of a picture with ink painted over it. */
export function paintedOver({ picture, valueRange }, ground, ink, size) {
  const { height, width, channels } = picture;
  const shades = resized(ink, size, { top: 0, left: 0, rows: size, columns: size }, height, width);
  const over = (value, shade) =>
    shade === 0 ? value : fitting(valueRange, value + shade * (valueRange[1] - value));
  return Float64Array.from(ground, (value, at) => over(value, shades[Math.floor(at / channels)]));
}

/** Paint an input's or an output's numbers onto a canvas, a pixel a pixel, in their own colours. */
export function paintImage(canvas, { picture, valueRange }, data) {
  const { height, width, channels } = picture;
  const shade = greyScale(valueRange);
  const colourAt = (place) => [0, 1, 2].map((colour) => shade(data[place + Math.min(colour, channels - 1)])[0]);
  paint(canvas, {
    rows: height,
    columns: width,
    value: (row, column) => (row * width + column) * channels,
    scale: channels === 1 ? (place) => shade(data[place]) : colourAt,
  });
}

/** Return where the numbers of an input are, which are one after the other in the image: start and end. */
function boundsOf({ inputs }, place) {
  const start = inputs.slice(0, place).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return [start, start + sizeOf(inputs[place].shape)];
}

/** Return the numbers of one of the inputs. */
export function inputValues(network, image, place) {
  return image.data.subarray(...boundsOf(network, place));
}

/** Return the image with other numbers for one of the inputs. */
export function withInput(network, image, place, data) {
  const changed = tensor(image.shape, image.data);
  changed.data.set(data, boundsOf(network, place)[0]);
  return changed;
}
