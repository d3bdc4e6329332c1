/** Images for the network: of a drawing, and back onto the screen. */

import { sizeOf, tensor } from "#page/arithmetic/network.js";
import { greyScale } from "#page/view/colours.js";
import { centredPicture, dotPicture, resized } from "#page/view/handwriting.js";

const [LARGE, SMALL] = [28, 8]; // rows of MNIST's digits, and of scikit-learn's
const WHOLE_NUMBERS_FROM = 2; // pixels of 0 to 255 are whole numbers, of 0 to 1 they are not

/**
 * Make a drawing into an image as the network was trained with.
 *
 * @param {object} input - of the network
 * @param {ArrayLike<number>} ink - of the drawing, row by row: 0 none, 1 full
 * @param {number} size - the drawing's rows and columns
 * @returns {import("#page/arithmetic/tensor.js").Tensor}
 */
export function imageOfInk({ picture, valueRange, shape }, ink, size) {
  const { height, width, channels } = picture;
  const values = new Float64Array(height * width * channels);
  const isSmall = height === SMALL && width === SMALL;
  const shades = isSmall ? dotPicture(ink, size) : centredPicture(ink, size, height, width);
  shades.forEach((shade, pixel) => {
    values.fill(pixelValue(valueRange, shade), pixel * channels, (pixel + 1) * channels);
  });
  return tensor(shape, values);
}

/** The value of a pixel: of black 0, of white 1. */
export function pixelValue([low, high], shade) {
  return fitting([low, high], low + shade * (high - low));
}

const fitting = ([, high], value) => (high >= WHOLE_NUMBERS_FROM ? Math.round(value) : value);

/** Whether a picture has the size of handwriting, as MNIST's digits or scikit-learn's. */
export function isHandwriting({ height, width, channels }) {
  return height === width && (height === LARGE || height === SMALL) && channels === 1;
}

/**
 * Paint strokes over a picture.
 *
 * @param {object} input - `picture` and `valueRange`
 * @param {ArrayLike<number>} ground - the picture's numbers
 * @param {ArrayLike<number>} ink - row by row: 0 none, 1 full
 * @param {number} size - the drawing's rows and columns
 * @returns {Float64Array}
 */
export function paintedOver({ picture, valueRange }, ground, ink, size) {
  const { height, width, channels } = picture;
  const shades = resized(ink, size, size, height, width);
  const over = (value, shade) =>
    shade === 0 ? value : fitting(valueRange, value + shade * (valueRange[1] - value));
  return Float64Array.from(ground, (value, at) => over(value, shades[Math.floor(at / channels)]));
}

/**
 * Paint an image onto a canvas, a pixel a pixel, in its own colours.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {object} input - or an output
 * @param {{data: ArrayLike<number>}} image
 */
export function paintImage(canvas, { picture, valueRange }, image) {
  const { height, width, channels } = picture;
  const shade = greyScale(valueRange);
  const pixels = new ImageData(width, height);
  canvas.width = width;
  canvas.height = height;
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    for (let colour = 0; colour < 3; colour += 1) {
      const channel = channels === 1 ? 0 : Math.min(colour, channels - 1);
      pixels.data[4 * pixel + colour] = shade(image.data[pixel * channels + channel])[0];
    }
    pixels.data[4 * pixel + 3] = 255;
  }
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}

/**
 * Return the numbers of one of the inputs, which are one after the other in the image.
 *
 * @param {object} network
 * @param {import("#page/arithmetic/tensor.js").Tensor} image
 * @param {number} place
 */
export function inputValues({ inputs }, image, place) {
  const [start, end] = [place, place + 1].map((count) =>
    inputs.slice(0, count).reduce((sum, { shape }) => sum + sizeOf(shape), 0),
  );
  return { shape: inputs[place].shape, data: image.data.subarray(start, end), start };
}

/**
 * Return the image with other numbers for one of the inputs.
 *
 * @param {object} network
 * @param {import("#page/arithmetic/tensor.js").Tensor} image
 * @param {number} place
 * @param {ArrayLike<number>} data
 */
export function withInput(network, image, place, data) {
  const changed = tensor(image.shape, image.data);
  changed.data.set(data, inputValues(network, image, place).start);
  return changed;
}
