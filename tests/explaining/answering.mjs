/**
 * What the page's arithmetic says of a model, all of it, as JSON: for Python to compare.
 *
 * The arithmetic is an argument, so that this runs in node and in a page.
 */

/**
 * @param {object} arithmetic  the module `#page/arithmetic/network.js`
 * @param {object} question  `model`, `image`, `label`, `learningRate`, and `picks`, one a layer:
 *   `{output, input, weights: {name: index}}`; `cells`: `[layer, index]`, of the image too (-1)
 */
export function answer(arithmetic, { model, image, label, learningRate, picks, cells = [] }) {
  const network = arithmetic.readNetwork(model);
  const pass = arithmetic.forward(network, arithmetic.tensor(image.shape, image.data));
  const gradients = arithmetic.backward(network, pass, label);
  return {
    sums: pass.sums.map(plain),
    outputs: pass.outputs.map(plain),
    probabilities: plain(pass.probabilities),
    loss: gradients.loss,
    explainedLoss: arithmetic.explainLoss(network, pass, label),
    fused: gradients.fused,
    outputGradients: gradients.outputs.map(plain),
    sumGradients: gradients.sums.map(plain),
    inputGradients: gradients.inputs.map(plain),
    imageGradient: plain(gradients.image),
    cells: cells.map(([layer, index]) => arithmetic.explainCell(network, pass, gradients, layer, index)),
    weightGradients: gradients.weights.map(plainWeights),
    afterSgd: steps(arithmetic, network, pass, label, learningRate, "sgd"),
    afterAdam: steps(arithmetic, network, pass, label, learningRate, "adam"),
    explained: picks.map((pick, layer) =>
      explained(arithmetic, network, pass, gradients, layer, pick),
    ),
  };
}

/**
 * A network of one convolution, and a gradient carried back through it.
 *
 * @param {object} arithmetic
 * @param {object} question  `image`, `kernel`, `bias`, `dy`: {shape, data}; `options` of `convolutionNetwork`
 */
export function answerSlide(arithmetic, { image, kernel, bias, dy, options }) {
  const made = (numbers) => arithmetic.tensor(numbers.shape, numbers.data);
  const parts = { image: made(image), kernel: made(kernel), bias: bias && made(bias) };
  const network = arithmetic.convolutionNetwork({ ...parts, ...options });
  const pass = arithmetic.forward(network, parts.image);
  const gradients = arithmetic.backwardFrom(network, pass, made(dy));
  return {
    output: plain(pass.outputs[0]),
    input: plain(gradients.inputs[0]),
    weights: plainWeights(gradients.weights[0]),
    corner: arithmetic.explainOutput(network, pass, 0, [0, 0, 0]),
  };
}

function explained(arithmetic, network, pass, gradients, layer, { output, input, weights }) {
  const each = Object.entries(weights);
  return {
    output: arithmetic.explainOutput(network, pass, layer, output),
    sum: arithmetic.explainSum(network, pass, gradients, layer, output),
    input: arithmetic.explainInput(network, pass, gradients, layer, input),
    weights: Object.fromEntries(
      each.map(([name, index]) => [
        name,
        arithmetic.explainWeight(network, pass, gradients, layer, name, index),
      ]),
    ),
    update: Object.fromEntries(
      each.map(([name, index]) => [
        name,
        arithmetic.explainUpdate(network, gradients, layer, name, index, 0.01, "adam"),
      ]),
    ),
  };
}

/** The weights after two steps on the same image. */
function steps(arithmetic, network, pass, label, learningRate, optimizer) {
  const once = arithmetic.trainStep(
    network,
    arithmetic.backward(network, pass, label),
    learningRate,
    optimizer,
  );
  const passAfter = arithmetic.forward(once, pass.inputs[0]);
  const gradients = arithmetic.backward(once, passAfter, label);
  const twice = arithmetic.trainStep(once, gradients, learningRate, optimizer);
  return twice.layers.map(({ weights }) => plainWeights(weights));
}

function plainWeights(weights) {
  return Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, plain(values)]));
}

function plain({ shape, data }) {
  return { shape, data: [...data] };
}
