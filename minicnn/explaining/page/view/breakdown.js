/** The account of a number: from the products, line by line, to the number itself. */

import { element, setAttribute, setText } from "#page/view/dom.js";
import { formatFactor, formatNumber } from "#page/view/format.js";
import { say } from "#page/view/language.js";

/** Make an empty account; its lines are those that the functions below return. */
export function breakdown() {
  const body = element("tbody");
  return {
    element: element("table.breakdown", {}, body),
    show(lines, digits) {
      while (body.rows.length > lines.length) body.deleteRow(-1);
      while (body.rows.length < lines.length) {
        body.append(element("tr", {}, element("th", { scope: "row" }), element("td")));
      }
      lines.forEach(({ text, value, id, isResult }, place) => {
        const row = body.rows[place];
        setAttribute(row, "data-line", id);
        setAttribute(row, "class", isResult ? "total" : null);
        setText(row.cells[0], text);
        setText(row.cells[1], formatNumber(value, digits));
        setAttribute(row.cells[1], "data-value", value);
      });
    },
  };
}

/** A line: what kind it is, the key of its text with the values in it, and its number. */
const line = (id, key, value, values) => ({ id, text: say(key, values), value });
const result = (...parts) => ({ ...line(...parts), isResult: true });

/** Account for an output; `open` is the group that is open. */
export function forwardLines({ groups, heads, explanation }, open, digits) {
  const { bias, sum, softmax } = explanation;
  return [
    ...(heads.length > 1 ? productLines(groups, open) : []),
    bias !== null && line("bias", "breakdown.bias", bias),
    result("sum", softmax ? "breakdown.logit" : "breakdown.sum", sum),
    ...activationLines(explanation, digits),
  ].filter(Boolean);
}

function activationLines({ sum, activation: { name }, softmax, value }, digits) {
  if (softmax) {
    const { position, exponentials, total, largest } = softmax;
    const exponents = { largest: formatFactor(largest, digits), sum: formatFactor(sum, digits) };
    return [
      line("exponential", "breakdown.exponential", exponentials[position], exponents),
      line("exponentials", "breakdown.exponentials", total),
      result("value", "breakdown.probability", value),
    ];
  }
  if (name === "linear") return [];
  const key = name === "relu" ? "breakdown.relu" : "breakdown.activation";
  return [result("value", key, value, { name, value: formatNumber(sum, digits) })];
}

/** Account for ∂loss/∂(a cell), a sum of `cellGradientSum`. */
export function gradientLines({ groups, slope, explanation }, open) {
  const hasUpstream = slope && slope.how !== "p − y";
  return [
    ...(explanation ? productLines(groups, open) : []),
    explanation && explanation.loss !== null && line("loss", "breakdown.loss", explanation.loss),
    explanation && result("upstream", "breakdown.upstream", explanation.value),
    !explanation && hasUpstream && line("upstream", "breakdown.upstream", slope.upstream),
    ...(slope ? slopeLines(slope) : []),
  ].filter(Boolean);
}

function slopeLines({ how, probability, target, share, weight, terms, slope, value }) {
  if (how === "p − y") {
    return [
      line("probability", "breakdown.p", probability),
      line("target", "breakdown.y", target),
      share > 1 && line("share", "breakdown.mean", share),
      weight !== 1 && line("weight", "breakdown.weight", weight),
      result("value", "breakdown.pMinusY", value),
    ];
  }
  const shared = terms.reduce((total, { product }) => total + product, 0);
  return [
    how === "softmax" ? line("shared", "breakdown.shared", shared) : line("slope", "breakdown.slope", slope),
    result("value", "breakdown.gradientOfSum", value),
  ];
}

/** Account for ∂loss/∂(a weight), and for what a training step, of `explainUpdate`, makes of the weight. */
export function weightLines({ groups, explanation }, update) {
  const { gradient, clipped, slots, before, decay, change, constraint, formula, after } = update;
  const { penalty, value } = explanation;
  const count = explanation.terms.length;
  return [
    line("products", "breakdown.products", totalOf(groups), { count }),
    penalty !== 0 && line("penalty", "breakdown.penalty", penalty),
    result("value", "breakdown.gradient", value),
    clipped !== gradient && line("clipped", "breakdown.clipped", clipped),
    ...Object.entries(slots).map(([name, slot]) => line(name, `breakdown.slot.${name}`, slot)),
    line("before", "breakdown.before", before),
    decay !== 0 && line("decay", "breakdown.decay", decay),
    line("change", "breakdown.change", change, { formula }),
    constraint !== 0 && line("constraint", "breakdown.constraint", constraint),
    result("after", "breakdown.after", after),
  ].filter(Boolean);
}

/** The open group's products, and those of all others. */
function productLines(groups, open) {
  const { map, total, terms } = groups[open];
  if (groups.length === 1) {
    return [line("products", "breakdown.products", total, { count: terms.filter(Boolean).length })];
  }
  return [
    line("open", "breakdown.open", total, { map }),
    line("others", "breakdown.others", totalOf(groups) - total, { count: groups.length - 1 }),
  ];
}

const totalOf = (groups) => groups.reduce((sum, { total }) => sum + total, 0);
