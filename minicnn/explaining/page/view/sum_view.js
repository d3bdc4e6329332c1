/** A sum on the screen: what each map adds to it, and of the open part both factors and the products. */

import { cellName, layerName, unitName } from "#page/view/cells.js";
import { greyScale, largestSize, signedScale } from "#page/view/colours.js";
import { element, setAttribute, setText } from "#page/view/dom.js";
import { alike, formatFactor, formatNumber, formatProducts } from "#page/view/format.js";
import { eitherGrid, numberGrid } from "#page/view/grids.js";
import { say } from "#page/view/language.js";
import { follow } from "#page/view/store.js";
import { openGroup } from "#page/view/sums.js";

const WRITTEN_OUT = 10; // products, at most, in one line
const SIGNS = ["×", "="];
const IN_A_ROW = 8; // parts

/** Make an empty view of a sum. */
export function sumView(store) {
  let shown = null; // the last state and sum: pointing draws them again
  let pointed = null;
  const opened = () => shown.sum.groups[openGroup(shown.state, shown.sum)];
  const parts = sumParts(store);
  const grids = SIGNS.concat("").map(() =>
    eitherGrid({
      onPick(row, column) {
        const link = termAt(opened(), row, column)?.link;
        if (link) follow(store, link);
      },
      onPoint(cell) {
        pointed = cell;
        showFactors();
      },
    }),
  );
  const heads = grids.map(() => element("figcaption"));
  const figures = grids.map((grid, place) => {
    const figure = element("figure", {}, heads[place], grid.element);
    const sign = SIGNS[place - 1];
    return sign ? element("div.with-sign", {}, element("span.sign", { "aria-hidden": "true" }, sign), figure) : figure;
  });
  const factors = element("div.factors");
  const readout = element("p.readout");
  const equation = element("p.equation");

  function showFactors() {
    const { sum, state } = shown;
    const group = opened();
    sum.heads.forEach((head, place) => {
      const largest = shown.largest[place];
      const { power, write } = alike(largest, state.digits);
      setText(heads[place], `${say(head)} ${power}`);
      const isGrey = place === 0 && sum.pixels?.picture;
      const scale = isGrey ? greyScale(sum.pixels.valueRange) : signedScale(largest, state.theme);
      grids[place].show({ ...factorContent(state, group, place), scale, label: say(head), write, linked: pointed });
    });
    const term = pointed && termAt(group, ...pointed);
    setText(readout, term ? termText(state, term) : say("sum.readout"));
  }

  return {
    element: element("div.sum", {}, parts.element, factors, readout, equation),
    show(state, sum) {
      shown = { state, sum, largest: sum.heads.map((_, place) => largestNumber(sum, place)) };
      const count = sum.heads.length;
      const empty = sum.groups.length === 0;
      parts.show(state, sum);
      for (const part of [factors, readout, equation]) part.hidden = empty;
      if (empty) return;
      setAttribute(factors, "data-count", count);
      if (factors.children.length !== count) factors.replaceChildren(...figures.slice(0, count));
      showFactors();
      const { terms, total } = opened();
      equation.hidden = terms.length > WRITTEN_OUT || count < 3;
      if (!equation.hidden) setText(equation, equationText(terms, total, state.digits));
    },
  };
}

/** Make an empty grid of a sum's parts, to open one of them; it hides where there is only one. */
function sumParts(store) {
  let groups = [];
  const title = element("p.part-title");
  const grid = numberGrid({
    looks: "parts",
    onPick(row, column) {
      const group = groups[row * IN_A_ROW + column];
      if (group) store.set({ group: group.name });
    },
  });
  const root = element("div.parts-box", {}, title, grid.element);
  return {
    element: root,
    show(state, sum) {
      ({ groups } = sum);
      root.hidden = groups.length < 2;
      if (root.hidden) return;
      const open = openGroup(state, sum);
      const several = new Set(groups.map(({ source }) => source)).size > 1;
      const columns = Math.min(IN_A_ROW, groups.length);
      const largest = largestSize(groups.map(({ total }) => total));
      const { power, write } = alike(largest, 3);
      const text = say("sum.parts", { count: groups.length });
      setText(title, `${text} ${power}`);
      grid.show({
        label: text,
        rows: Math.ceil(groups.length / columns),
        columns,
        scale: signedScale(largest, state.theme),
        picked: [Math.floor(open / columns), open % columns],
        value: (row, column) => groups[row * columns + column]?.total ?? null,
        write,
        name(row, column) {
          const group = groups[row * columns + column];
          if (!group) return "";
          const part = say("sum.part", { map: group.map, value: formatNumber(group.total, state.digits) });
          return several ? `${layerName(state.network, group.source)}, ${part}` : part;
        },
      });
    },
  };
}

const termAt = ({ terms, columns }, row, column) => terms[row * columns + column];

/** Return a term's first factor, second factor or product. */
const numberOf = ({ factors, product }, place) => factors[place] ?? product;

/** What the grid of a factor, or of the products, shows. */
function factorContent(state, group, place) {
  const { rows, columns, terms } = group;
  const nameOf = (term) => (term ? unitName(state.network, term.link.layer, term.link.index.at(-1)) : "");
  return {
    rows,
    columns,
    rowNames: columns === 1 && rows > 1 ? terms.map(nameOf) : null,
    value(row, column) {
      const term = termAt(group, row, column);
      return term ? numberOf(term, place) : null;
    },
    name: (row, column) => termText(state, termAt(group, row, column)),
    kind: (row, column) => kindOf(termAt(group, row, column)),
  };
}

function largestNumber({ groups }, place) {
  const numbersOf = ({ terms }) => terms.map((term) => (term ? numberOf(term, place) : 0));
  return Math.max(0, ...groups.map((group) => largestSize(numbersOf(group))));
}

function kindOf(term) {
  if (!term) return "";
  if (term.padding) return "padding";
  return term.won === true ? "won" : term.won === false ? "lost" : "";
}

/** Say a term: "254 × (−0.05) = −12.7, image, row 3, column 4". */
function termText({ network, digits }, term) {
  if (!term) return "";
  const numbers = term.factors.map((factor) => formatFactor(factor, digits)).join(" × ");
  const product = term.factors.length > 1 ? ` = ${formatNumber(term.product, digits)}` : "";
  const place = term.link ? cellName(network, term.link.layer, term.link.index) : say("sum.padding");
  return `${numbers}${product} · ${place}`;
}

function equationText(terms, total, digits) {
  const factors = terms.filter(Boolean).map((term) => term.factors);
  return `${formatProducts(factors, digits)} = ${formatNumber(total, digits)}`;
}
