/** The account of a number: from the products, line by line, to the number itself. */

import { element, setAttribute, setText } from "#page/view/dom.js";
import { formatFactor, formatNumber } from "#page/view/format.js";
import { say } from "#page/view/language.js";

/**
 * @typedef {object} Line
 * @property {string} text
 * @property {number} value
 * @property {string} id - what kind of line it is
 * @property {boolean} [total] - whether it is a result
 */

/**
 * Make an empty account.
 *
 * @returns {{element: HTMLElement, show: (lines: Line[], digits: number) => void}}
 */
export function breakdown() {
  const body = element("tbody");
  const table = element("table.breakdown", {}, body);
  return {
    element: table,
    show(lines, digits) {
      while (body.rows.length > lines.length) body.deleteRow(-1);
      while (body.rows.length < lines.length) {
        body.append(element("tr", {}, element("th", { scope: "row" }), element("td")));
      }
      lines.forEach(({ text, value, id, total = false }, place) => {
        const row = body.rows[place];
        setAttribute(row, "data-line", id);
        setAttribute(row, "class", total ? "total" : null);
        setText(row.cells[0], text);
        setText(row.cells[1], formatNumber(value, digits));
        setAttribute(row.cells[1], "data-value", value);
      });
    },
  };
}

/**
 * Account for an output.
 *
 * @param {import("#page/view/forward_sum.js").Sum} sum
 * @param {number} open - the group that is open
 * @param {number} digits
 * @returns {Line[]}
 */
export function forwardLines({ groups, heads, explanation }, open, digits) {
  const { bias, sum, activation, softmax, value } = explanation;
  const lines = heads.length > 1 ? productLines(groups, open) : [];
  if (bias !== null) lines.push({ id: "bias", text: say("breakdown.bias"), value: bias });
  lines.push({ id: "sum", text: say(softmax ? "breakdown.logit" : "breakdown.sum"), value: sum, total: true });
  if (softmax) {
    const { position, exponentials, total, largest } = softmax;
    const exponential = { largest: formatFactor(largest, digits), sum: formatFactor(sum, digits) };
    lines.push({ id: "exponential", text: say("breakdown.exponential", exponential), value: exponentials[position] });
    lines.push({ id: "exponentials", text: say("breakdown.exponentials"), value: total });
    lines.push({ id: "value", text: say("breakdown.probability"), value, total: true });
  } else if (activation.name !== "linear") {
    lines.push({ id: "value", text: activationText(activation.name, sum, digits), value, total: true });
  }
  return lines;
}

/**
 * Account for ∂loss/∂(a cell).
 *
 * @param {object} sum - of `cellGradientSum`
 * @param {number} open
 * @returns {Line[]}
 */
export function gradientLines({ groups, slope, explanation }, open) {
  const lines = groups.length > 0 ? productLines(groups, open) : [];
  if (explanation) {
    if (explanation.loss !== null) lines.push({ id: "loss", text: say("breakdown.loss"), value: explanation.loss });
    lines.push({ id: "upstream", text: say("breakdown.upstream"), value: explanation.value, total: true });
  }
  if (!slope) return lines;
  if (slope.how !== "p − y" && !explanation) {
    lines.push({ id: "upstream", text: say("breakdown.upstream"), value: slope.upstream });
  }
  if (slope.how === "p − y") {
    lines.push({ id: "probability", text: say("breakdown.p"), value: slope.probability });
    lines.push({ id: "target", text: say("breakdown.y"), value: slope.target });
    if (slope.share > 1) lines.push({ id: "share", text: say("breakdown.mean"), value: slope.share });
    if (slope.weight !== 1) lines.push({ id: "weight", text: say("breakdown.weight"), value: slope.weight });
  } else if (slope.how === "softmax") {
    const sum = slope.terms.reduce((total, { product }) => total + product, 0);
    lines.push({ id: "shared", text: say("breakdown.shared"), value: sum });
  } else {
    lines.push({ id: "slope", text: say("breakdown.slope"), value: slope.slope });
  }
  const how = slope.how === "p − y" ? "breakdown.pMinusY" : "breakdown.gradientOfSum";
  lines.push({ id: "value", text: say(how), value: slope.value, total: true });
  return lines;
}

/**
 * Account for ∂loss/∂(a weight), and for what a training step makes of the weight.
 *
 * @param {import("#page/view/forward_sum.js").Sum} sum
 * @param {object} update - of `explainUpdate`
 * @returns {Line[]}
 */
export function weightLines({ groups, explanation }, update) {
  const products = groups.reduce((total, group) => total + group.total, 0);
  const count = groups.reduce((total, group) => total + group.terms.filter(Boolean).length, 0);
  const lines = [{ id: "products", text: say("breakdown.products", { count }), value: products }];
  if (explanation.penalty !== 0) {
    lines.push({ id: "penalty", text: say("breakdown.penalty"), value: explanation.penalty });
  }
  lines.push({ id: "value", text: say("breakdown.gradient"), value: explanation.value, total: true });
  const { gradient, clipped, slots, before, decay, change, constraint, formula } = update;
  if (clipped !== gradient) lines.push({ id: "clipped", text: say("breakdown.clipped"), value: clipped });
  for (const [name, value] of Object.entries(slots)) {
    lines.push({ id: name, text: say(`breakdown.slot.${name}`), value });
  }
  lines.push({ id: "before", text: say("breakdown.before"), value: before });
  if (decay !== 0) lines.push({ id: "decay", text: say("breakdown.decay"), value: decay });
  lines.push({ id: "change", text: say("breakdown.change", { formula }), value: change });
  if (constraint !== 0) lines.push({ id: "constraint", text: say("breakdown.constraint"), value: constraint });
  lines.push({ id: "after", text: say("breakdown.after"), value: update.after, total: true });
  return lines;
}

/** The open group's products, and those of all others. */
function productLines(groups, open) {
  const { map, total, terms } = groups[open];
  if (groups.length === 1) {
    const count = terms.filter(Boolean).length;
    return [{ id: "products", text: say("breakdown.products", { count }), value: total }];
  }
  const all = groups.reduce((sum, group) => sum + group.total, 0);
  return [
    { id: "open", text: say("breakdown.open", { map }), value: total },
    { id: "others", text: say("breakdown.others", { count: groups.length - 1 }), value: all - total },
  ];
}

function activationText(name, sum, digits) {
  const value = formatNumber(sum, digits);
  return name === "relu" ? say("breakdown.relu", { value }) : say("breakdown.activation", { name, value });
}
