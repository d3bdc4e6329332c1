/** The terms of a sum, laid out as the windows and maps that they come from. */

/**
 * @typedef {object} Term
 * @property {number[]} factors - one or two
 * @property {number} product
 * @property {boolean} [padding] - a cell outside the image
 * @property {boolean} [won] - the cell that a max pooling passes on; false: one that it does not
 * @property {{layer: number, index: number[]} | null} link - the cell that the first factor stands in
 */

/**
 * @typedef {object} Group
 * @property {number} name - of the map, or a number that stands for map and layer
 * @property {number} map
 * @property {number} source - the layer whose map it is; -1: the image
 * @property {number} rows
 * @property {number} columns
 * @property {(Term | null)[]} terms - row by row; null: nothing there
 * @property {number} total - of the products
 */

/**
 * Lay terms out.
 *
 * @param {Term[]} terms
 * @param {(term: Term, place: number) => number[]} where - row, column and group, in any numbers that
 *   grow; what nothing stands in is left out
 * @param {(group: number) => {source: number, map: number}} whose - which layer's map a group is
 * @returns {Group[]}
 */
export function arrange(terms, where, whose) {
  const places = terms.map(where);
  const rows = ranks(places, 0);
  const columns = ranks(places, 1);
  const groups = ranks(places, 2);
  const made = Array.from(groups.keys(), (name) => ({
    name,
    ...whose(name),
    rows: rows.size,
    columns: columns.size,
    terms: new Array(rows.size * columns.size).fill(null),
    total: 0,
  }));
  terms.forEach((term, number) => {
    const [row, column, group] = places[number];
    const link = made[groups.get(group)];
    link.terms[rows.get(row) * columns.size + columns.get(column)] = term;
    link.total += term.product;
  });
  return made;
}

/**
 * Return the place of the group with the largest total: the part that says most.
 *
 * @param {Group[]} groups
 * @returns {number}
 */
export function largestGroup(groups) {
  return groups.reduce(
    (best, { total }, place) => (Math.abs(total) > Math.abs(groups[best].total) ? place : best),
    0,
  );
}

/** Return the different numbers along an axis, in order, with their ranks. */
function ranks(places, axis) {
  const different = [...new Set(places.map((place) => place[axis]))].sort((a, b) => a - b);
  return new Map(different.map((value, rank) => [value, rank]));
}
