/**
 * A drawing, made into what MNIST's authors made of handwriting.
 *
 * The ink is scaled to fit a box of 20×20 pixels, its proportions kept, and put into 28×28 so that
 * its centre of mass is in the middle (LeCun et al. 1998, section III-A). Other sizes in proportion.
 */

const BOX = 20 / 28;
const FAINT = 0.02;
const SMALL = 8;
const BLOCK = 4;
const DOTS = SMALL * BLOCK;
const WIDEST = 20; // dots
const INKED = 0.35; // ink that makes a dot

/**
 * @param {ArrayLike<number>} ink - of the drawing, row by row: 0 none, 1 full
 * @param {number} size - its rows and columns
 * @param {number} height - of the picture to make
 * @param {number} width
 * @returns {Float64Array} the picture, row by row: 0 none, 1 full
 */
export function centredPicture(ink, size, height, width) {
  const picture = new Float64Array(height * width);
  const box = inkBox(ink, size);
  if (!box) return picture;
  const scale = (BOX * Math.min(height, width)) / Math.max(box.rows, box.columns);
  const rows = Math.max(1, Math.round(box.rows * scale));
  const columns = Math.max(1, Math.round(box.columns * scale));
  const small = shrink(ink, size, box, rows, columns);
  const top = middle(rows, columns, small, (row) => row, height);
  const left = middle(rows, columns, small, (_, column) => column, width);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      picture[(top + row) * width + left + column] = small[row * columns + column];
    }
  }
  return picture;
}

/**
 * Make a drawing into what scikit-learn's digits are: each of 8×8 pixels is the amount of ink in 4×4 dots
 * of a bitmap that the digit fills from top to bottom. As `minicnn.preprocessing.digit`.
 *
 * @param {ArrayLike<number>} ink
 * @param {number} size
 * @returns {Float64Array} 8×8, row by row: 0 none, 1 full
 */
export function dotPicture(ink, size) {
  const picture = new Float64Array(SMALL * SMALL);
  const box = inkBox(ink, size);
  if (!box) return picture;
  const columns = Math.min(Math.max(Math.round((box.columns * DOTS) / box.rows), 1), WIDEST);
  const left = Math.floor((DOTS - columns) / 2);
  shrink(ink, size, box, DOTS, columns).forEach((shade, dot) => {
    const [row, column] = [Math.floor(dot / columns), left + (dot % columns)];
    const pixel = Math.floor(row / BLOCK) * SMALL + Math.floor(column / BLOCK);
    if (shade > INKED) picture[pixel] += 1 / BLOCK ** 2;
  });
  return picture;
}

/**
 * Resize a picture of one channel: each new pixel is the mean of the area that it covers.
 *
 * @param {ArrayLike<number>} values - row by row
 * @param {number} oldWidth
 * @param {number} oldHeight
 * @param {number} rows
 * @param {number} columns
 * @returns {Float64Array}
 */
export function resized(values, oldWidth, oldHeight, rows, columns) {
  return shrink(values, oldWidth, { top: 0, left: 0, rows: oldHeight, columns: oldWidth }, rows, columns);
}

/** Return the smallest box around the ink, or null without ink. */
function inkBox(ink, size) {
  let [top, bottom, left, right] = [size, -1, size, -1];
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      if (ink[row * size + column] <= FAINT) continue;
      top = Math.min(top, row);
      bottom = Math.max(bottom, row);
      left = Math.min(left, column);
      right = Math.max(right, column);
    }
  }
  if (bottom < 0) return null;
  return { top, left, rows: bottom - top + 1, columns: right - left + 1 };
}

/** Shrink what is in the box: each new pixel is the mean of the area that it covers. */
function shrink(ink, size, box, rows, columns) {
  const down = overlaps(box.top, box.rows, rows);
  const across = overlaps(box.left, box.columns, columns);
  const small = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      let sum = 0;
      let area = 0;
      for (const [y, high] of down[row]) {
        for (const [x, wide] of across[column]) {
          sum += ink[y * size + x] * high * wide;
          area += high * wide;
        }
      }
      small[row * columns + column] = sum / area;
    }
  }
  return small;
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

/** Return where the small picture begins, so that its centre of mass lies in cell 14 of 28, as all of MNIST. */
function middle(rows, columns, small, axis, length) {
  let mass = 0;
  let moment = 0;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const ink = small[row * columns + column];
      mass += ink;
      moment += ink * axis(row, column);
    }
  }
  const size = axis(rows, columns);
  const begin = Math.round(length / 2 - moment / mass);
  return Math.min(Math.max(begin, 0), length - size);
}
