/**
 * A drawing, made into what MNIST's authors made of handwriting.
 *
 * The ink is scaled to fit a box of 20×20 pixels, its proportions kept, and put into 28×28 so that
 * its centre of mass is in the middle (LeCun et al. 1998, section III-A). Other sizes in proportion.
 *
 * Ink and pictures are numbers row by row: 0 none, 1 full. A drawing has `size` rows and columns.
 */

const BOX = 20 / 28;
const FAINT = 0.02;
const SMALL = 8;
const BLOCK = 4;
const DOTS = SMALL * BLOCK;
const WIDEST = 20; // dots
const INKED = 0.35; // ink that makes a dot

/** Make a drawing into a picture of MNIST's kind. */
export function centredPicture(ink, size, height, width) {
  const picture = new Float64Array(height * width);
  const box = inkBox(ink, size);
  if (!box) return picture;
  const scale = (BOX * Math.min(height, width)) / Math.max(box.rows, box.columns);
  const rows = Math.max(1, Math.round(box.rows * scale));
  const columns = Math.max(1, Math.round(box.columns * scale));
  const small = resized(ink, size, box, rows, columns);
  const rowOf = (cell) => Math.floor(cell / columns);
  const top = beginOf(small, rowOf, rows, height);
  const left = beginOf(small, (cell) => cell % columns, columns, width);
  small.forEach((shade, cell) => (picture[(top + rowOf(cell)) * width + left + (cell % columns)] = shade));
  return picture;
}

/** Return where the small picture begins, so that its centre of mass lies in cell 14 of 28, as all of MNIST. */
function beginOf(small, placeOf, size, length) {
  const mass = small.reduce((sum, ink) => sum + ink, 0);
  const moment = small.reduce((sum, ink, cell) => sum + ink * placeOf(cell), 0);
  return Math.min(Math.max(Math.round(length / 2 - moment / mass), 0), length - size);
}

/**
 * Make a drawing into what scikit-learn's digits are: each of 8×8 pixels is the amount of ink in 4×4 dots
 * of a bitmap that the digit fills from top to bottom. As `minicnn.preprocessing.digit`.
 */
export function dotPicture(ink, size) {
  const picture = new Float64Array(SMALL * SMALL);
  const box = inkBox(ink, size);
  if (!box) return picture;
  const columns = Math.min(Math.max(Math.round((box.columns * DOTS) / box.rows), 1), WIDEST);
  const left = Math.floor((DOTS - columns) / 2);
  resized(ink, size, box, DOTS, columns).forEach((shade, dot) => {
    const [row, column] = [Math.floor(dot / columns), left + (dot % columns)];
    const pixel = Math.floor(row / BLOCK) * SMALL + Math.floor(column / BLOCK);
    if (shade > INKED) picture[pixel] += 1 / BLOCK ** 2;
  });
  return picture;
}

/** Return the smallest box around the ink, or null without ink. */
function inkBox(ink, size) {
  let [top, bottom, left, right] = [size, -1, size, -1];
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (ink[row * size + column] <= FAINT) continue;
      top = Math.min(top, row);
      bottom = row;
      left = Math.min(left, column);
      right = Math.max(right, column);
    }
  }
  return bottom < 0 ? null : { top, left, rows: bottom - top + 1, columns: right - left + 1 };
}

/** Resize what is in a box of a picture: each new pixel is the mean of the area that it covers. */
export function resized(values, width, box, rows, columns) {
  const down = overlaps(box.top, box.rows, rows);
  const across = overlaps(box.left, box.columns, columns);
  return new Float64Array(rows * columns).map((_, pixel) => {
    let sum = 0;
    let area = 0;
    for (const [y, high] of down[Math.floor(pixel / columns)]) {
      for (const [x, wide] of across[pixel % columns]) {
        sum += values[y * width + x] * high * wide;
        area += high * wide;
      }
    }
    return sum / area;
  });
}

/** Return which old pixels each new one covers, and how much of each. */
function overlaps(start, length, count) {
  return Array.from({ length: count }, (_, place) => {
    const from = start + (place * length) / count;
    const to = start + ((place + 1) * length) / count;
    const covered = [];
    for (let old = Math.floor(from); old < Math.ceil(to); old += 1) {
      covered.push([old, Math.min(old + 1, to) - Math.max(old, from)]);
    }
    return covered;
  });
}
