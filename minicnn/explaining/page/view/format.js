/** Numbers as people write them. */

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const LARGE = 1e6;
const SMALL = 1e-4;

/** Write a number with so many digits, whole ones whole: "−0.0527", "12", "3.1·10⁻⁷". */
export function formatNumber(value, digits) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : withMinus(value, "∞");
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < LARGE) return withMinus(value, String(size));
  if (size >= LARGE || size < SMALL) return withMinus(value, scientific(size, digits));
  const text = size.toPrecision(digits);
  return withMinus(value, text.includes("e") ? size.toFixed(0) : text);
}

/** Write a number that stands in a product or a sum: negative ones in brackets. */
export function formatFactor(value, digits) {
  const text = formatNumber(value, digits);
  return value < 0 ? `(${text})` : text;
}

/**
 * Return how numbers that stand together are written: with one number of decimals and, where they are very small
 * or very large, with one power of ten before all of them. The largest gets so many digits.
 */
export function alike(largest, digits) {
  const exponent = largest > 0 ? Math.floor(Math.log10(largest)) : 0;
  const raised = exponent < -2 || exponent > 4 ? exponent : 0;
  const decimals = Math.max(digits - 1 - (exponent - raised), 0);
  return {
    power: raised === 0 ? "" : `×10${superscript(raised)}`,
    write(value) {
      const scaled = value / 10 ** raised;
      if (Number.isInteger(scaled)) return withMinus(scaled, String(Math.abs(scaled)));
      return withMinus(value, Math.abs(scaled).toFixed(decimals));
    },
  };
}

/** Write a probability in per cent: "98.3 %", "<0.1 %". */
export function formatShare(value) {
  if (value > 0 && value < 0.001) return "<0.1 %";
  if (value < 1 && value > 0.999) return ">99.9 %";
  return `${(100 * value).toFixed(1)} %`;
}

/** Write a sum of products, each a list of factors: "1·1 + 0·(−1) + 2·3". */
export function formatProducts(products, digits) {
  return products
    .map((factors) => factors.map((factor) => formatFactor(factor, digits)).join("·"))
    .join(" + ");
}

function withMinus(value, text) {
  return value < 0 ? `−${text}` : text;
}

function scientific(size, digits) {
  const [mantissa, exponent] = size.toExponential(Math.max(digits - 2, 1)).split("e");
  return `${mantissa}·10${superscript(Number(exponent))}`;
}

function superscript(power) {
  const raised = Array.from(String(Math.abs(power)), (digit) => SUPERSCRIPTS[Number(digit)]).join("");
  return power < 0 ? `⁻${raised}` : raised;
}
