/** The normal distribution, for GELU. */

/**
 * Φ(x), the share of a normal distribution below x, and its density; or both approximated by tanh, as in
 * Hendrycks & Gimpel 2016, arXiv:1606.08415.
 */
export function normalShare(x, approximate) {
  if (!approximate) {
    const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    return { share: (1 + erf(x * Math.SQRT1_2)) / 2, density };
  }
  const inner = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
  const share = (1 + Math.tanh(inner)) / 2;
  return { share, density: 2 * share * (1 - share) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x) };
}

/**
 * The error function: `2x/√π · e^(−x²) · Σ (2x²)ⁿ / (1·3·5 … (2n + 1))`; no term is negative, so that
 * nothing cancels.
 *
 * Abramowitz & Stegun 1964, "Handbook of mathematical functions", 7.1.6.
 */
function erf(x) {
  if (Math.abs(x) > 6) return Math.sign(x); // to the last bit
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * Number.EPSILON; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return ((2 * x) / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
