/**
 * The optimizers, as in `minicnn.ops.updates` and `minicnn.ops.adaptive_updates`, which name the sources.
 *
 * Each has its arguments under Keras' names, and says
 *
 * - `slots(arguments)`: what it keeps of each weight from step to step, all 0 at first or `begin(arguments)`
 * - `formula(arguments)`: the change that it adds to a weight, in the signs below
 * - `change(arguments, now)`: a function `(g, slots, i)` that updates the slots of number i, whose gradient
 *   is g, and returns the change; `now` is `{rate, step, momentums}`: α, t, and of Nadam Mₜ₋₁
 */

const adam = {
  slots: ({ amsgrad }) => ["m", "v", ...(amsgrad ? ["largest"] : [])],
  formula: ({ amsgrad }) => `− α·√(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√${amsgrad ? "v̂" : "v"} + ε)`,
  change({ beta_1, beta_2, epsilon }, { rate, step }) {
    const corrected = (rate * Math.sqrt(1 - beta_2 ** step)) / (1 - beta_1 ** step);
    return (g, { m, v, largest }, i) => {
      m[i] += (1 - beta_1) * (g - m[i]);
      v[i] += (1 - beta_2) * (g ** 2 - v[i]);
      if (largest) largest[i] = Math.max(largest[i], v[i]);
      return (-corrected * m[i]) / (Math.sqrt((largest ?? v)[i]) + epsilon);
    };
  },
};

export const OPTIMIZERS = {
  SGD: {
    slots: ({ momentum }) => (momentum ? ["velocity"] : []),
    formula: ({ momentum, nesterov }) => (momentum ? `+ ${nesterov ? "μ·v − α·g" : "v"}` : "− α·g"),
    change: ({ momentum, nesterov }, { rate }) => (g, { velocity }, i) => {
      if (!velocity) return -rate * g;
      velocity[i] = momentum * velocity[i] - rate * g;
      return nesterov ? momentum * velocity[i] - rate * g : velocity[i];
    },
  },
  Adam: adam,
  AdamW: adam,
  Nadam: {
    slots: () => ["m", "v"],
    formula: () => "− α·m̂ / (√v̂ + ε)",
    change({ beta_1, beta_2, epsilon }, { rate, step, momentums }) {
      const product = momentums * momentumAt(beta_1, step);
      const next = momentumAt(beta_1, step + 1);
      const ofMean = next / (1 - product * next);
      const ofGradient = (1 - momentumAt(beta_1, step)) / (1 - product);
      return (g, { m, v }, i) => {
        m[i] += (1 - beta_1) * (g - m[i]);
        v[i] += (1 - beta_2) * (g ** 2 - v[i]);
        const root = Math.sqrt(v[i] / (1 - beta_2 ** step));
        return (-rate * (m[i] * ofMean + g * ofGradient)) / (root + epsilon);
      };
    },
  },
  Adamax: {
    slots: () => ["m", "norm"],
    formula: () => "− α / (1 − β₁ᵗ) · m / (u + ε)",
    change({ beta_1, beta_2, epsilon }, { rate, step }) {
      const corrected = rate / (1 - beta_1 ** step);
      return (g, { m, norm }, i) => {
        m[i] += (1 - beta_1) * (g - m[i]);
        norm[i] = Math.max(beta_2 * norm[i], Math.abs(g));
        return (-corrected * m[i]) / (norm[i] + epsilon);
      };
    },
  },
  Adagrad: {
    slots: () => ["squares"],
    begin: ({ initial_accumulator_value }) => initial_accumulator_value,
    formula: () => "− α·g / √(s + ε)",
    change: ({ epsilon }, { rate }) => (g, { squares }, i) => {
      squares[i] += g ** 2;
      return (-rate * g) / Math.sqrt(squares[i] + epsilon);
    },
  },
  Adadelta: {
    slots: () => ["squares", "steps"],
    formula: () => "− α·√(dₜ₋₁ + ε) / √(s + ε) · g",
    change: ({ rho, epsilon }, { rate }) => (g, { squares, steps }, i) => {
      squares[i] = rho * squares[i] + (1 - rho) * g ** 2;
      const step = (-Math.sqrt(steps[i] + epsilon) / Math.sqrt(squares[i] + epsilon)) * g;
      steps[i] = rho * steps[i] + (1 - rho) * step ** 2;
      return rate * step;
    },
  },
  RMSprop: {
    slots: ({ centered, momentum }) => ["squares", ...(momentum ? ["velocity"] : []), ...(centered ? ["m"] : [])],
    formula: ({ centered, momentum }) => (momentum ? "− v" : `− α·g / √(s ${centered ? "− m² " : ""}+ ε)`),
    change: ({ rho, epsilon, momentum }, { rate }) => (g, { squares, m, velocity }, i) => {
      squares[i] = rho * squares[i] + (1 - rho) * g ** 2;
      if (m) m[i] = rho * m[i] + (1 - rho) * g;
      const step = (rate * g) / Math.sqrt(squares[i] + epsilon - (m ? m[i] ** 2 : 0));
      if (!velocity) return -step;
      velocity[i] = momentum * velocity[i] + step;
      return -velocity[i];
    },
  },
};

/** Nadam's momentum at a step, which rises: `μₜ = β₁·(1 − ½·0.96ᵗ)`. */
export function momentumAt(beta_1, step) {
  return (beta_1 ?? 0) * (1 - 0.5 * 0.96 ** step);
}

/** How gradients, by layer and name, are clipped: for each weight a function of its numbers. */
export function clipping({ layers }, weights, { clipnorm, clipvalue, global_clipnorm }) {
  const squares = ({ data }) => data.reduce((sum, g) => sum + g ** 2, 0);
  const scaling = (sum, limit) => {
    const factor = Math.min(limit / Math.sqrt(sum), 1);
    return (g) => g * factor;
  };
  if (clipvalue) return () => (g) => Math.min(Math.max(g, -clipvalue), clipvalue);
  if (clipnorm) return (layer, name) => scaling(squares(weights[layer][name]), clipnorm);
  if (!global_clipnorm) return () => (g) => g;
  const own = weights.filter((_, place) => layers[place].shared === place); // a shared weight counts once
  const all = own.flatMap((named) => Object.values(named)).reduce((sum, one) => sum + squares(one), 0);
  return () => scaling(all, global_clipnorm);
}
