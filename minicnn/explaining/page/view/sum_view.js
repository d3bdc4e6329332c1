/** A sum on the screen: its parts, and of the open part both factors and the products. */

import { greyScale, largestSize, signedScale } from "#page/view/colours.js";
import { element, setAttribute, setText } from "#page/view/dom.js";
import { eitherGrid } from "#page/view/either_grid.js";
import { alike, formatFactor, formatNumber, formatProducts } from "#page/view/format.js";
import { say } from "#page/view/language.js";
import { cellName, unitName } from "#page/view/cells.js";
import { follow } from "#page/view/store.js";
import { groupOf, sumParts } from "#page/view/sum_parts.js";

const WRITTEN_OUT = 10; // products, at most, in one line
const SIGNS = ["×", "="];

/**
 * Make an empty view.
 *
 * @param {import("#page/view/store.js").Store} store
 * @returns {{element: HTMLElement,
 *   show: (state: object, sum: import("#page/view/forward_sum.js").Sum, network: object) => void}}
 */
export function sumView(store) {
  let shown = null; // the last state and sum: pointing draws them again
  let pointed = null;
  const openGroup = () => shown.sum.groups[groupOf(shown.state, shown.sum)];

  const parts = sumParts(store);
  const grids = SIGNS.concat("").map(() =>
    eitherGrid({
      onPick(row, column) {
        const { columns, terms } = openGroup();
        const link = terms[row * columns + column]?.link;
        if (link) follow(store, link);
      },
      onPoint(cell) {
        pointed = cell;
        showFactors();
      },
    }),
  );
  const heads = grids.map(() => element("figcaption"));
  const figures = grids.map((grid, place) => element("figure", {}, heads[place], grid.element));
  const factors = element("div.factors");
  const readout = element("p.readout");
  const equation = element("p.equation");

  function showFactors() {
    const group = openGroup();
    shown.sum.heads.forEach((head, place) => {
      const { power, write } = alike(shown.largest[place], shown.state.digits);
      setText(heads[place], `${say(head)} ${power}`);
      grids[place].show({ ...factorContent(shown, group, place), label: say(head), write, linked: pointed });
    });
    const term = pointed && group.terms[pointed[0] * group.columns + pointed[1]];
    setText(readout, term ? termText(shown, term) : say("sum.readout"));
  }

  return {
    element: element("div.sum", {}, parts.element, factors, readout, equation),
    show(state, sum, network) {
      shown = { state, sum, network, largest: [0, 1, 2].map((place) => largestNumber(sum, place)) };
      const { heads: names, groups } = sum;
      const empty = groups.length === 0;
      parts.show(state, sum);
      for (const part of [factors, readout, equation]) part.hidden = empty;
      if (empty) return;
      setAttribute(factors, "data-count", names.length);
      layFigures(factors, figures, names.length);
      showFactors();
      const { terms, total } = openGroup();
      equation.hidden = terms.length > WRITTEN_OUT || names.length < 3;
      if (!equation.hidden) setText(equation, equationText(terms, total, state.digits));
    },
  };
}

/** What the grid of a factor, or of the products, shows. */
function factorContent(shown, { rows, columns, terms }, place) {
  const termAt = (row, column) => terms[row * columns + column];
  return {
    rows,
    columns,
    scale: scaleOf(shown, place),
    rowNames: columns === 1 && rows > 1 ? unitNames(shown.network, terms) : null,
    value(row, column) {
      const term = termAt(row, column);
      return term ? numberOf(term, place) : null;
    },
    name: (row, column) => termText(shown, termAt(row, column)),
    kind: (row, column) => kindOf(termAt(row, column)),
  };
}

function layFigures(factors, figures, count) {
  if (factors.querySelectorAll("figure").length === count) return;
  const parts = figures
    .slice(0, count)
    .map((figure, place) =>
      place === 0
        ? figure
        : element("div.with-sign", {}, element("span.sign", { "aria-hidden": "true" }, SIGNS[place - 1]), figure),
    );
  factors.replaceChildren(...parts);
}

/** Pixels are shown in grey; everything else in blue and orange. */
function scaleOf({ state, sum, largest }, place) {
  const grey = place === 0 && sum.pixels?.picture;
  return grey ? greyScale(sum.pixels.valueRange) : signedScale(largest[place], state.theme);
}

/** Return a term's first factor, second factor or product. */
function numberOf({ factors, product }, place) {
  return place < factors.length ? factors[place] : product;
}

function largestNumber({ groups }, place) {
  return Math.max(
    0,
    ...groups.map(({ terms }) => largestSize(terms.map((term) => (term ? numberOf(term, place) : 0)))),
  );
}

function kindOf(term) {
  if (!term) return "";
  if (term.padding) return "padding";
  return term.won === true ? "won" : term.won === false ? "lost" : "";
}

function unitNames(network, terms) {
  return terms.map((term) => (term ? unitName(network, term.link.layer, term.link.index.at(-1)) : ""));
}

/** Say a term: "254 × (−0.05) = −12.7, image, row 3, column 4". */
function termText({ state, network }, term) {
  if (!term) return "";
  const numbers = term.factors.map((factor) => formatFactor(factor, state.digits)).join(" × ");
  const product = term.factors.length > 1 ? ` = ${formatNumber(term.product, state.digits)}` : "";
  const place = term.link ? cellName(network, term.link.layer, term.link.index) : say("sum.padding");
  return `${numbers}${product} · ${place}`;
}

function equationText(terms, total, digits) {
  const factors = terms.filter(Boolean).map((term) => term.factors);
  return `${formatProducts(factors, digits)} = ${formatNumber(total, digits)}`;
}
