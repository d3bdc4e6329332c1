/**
 * What the page's arithmetic says of a model, all of it, as JSON: for Python to compare.
 *
 * The arithmetic is an argument, so that this runs in node and in a page.
 */

/**
 * @param {object} arithmetic  the module `#page/arithmetic/network.js`
 * @param {object} question  `model`, `image`, `label`, and `picks`, one a layer:
 *   `{output, input, weights: {name: index}}`; `cells`: `[layer, index]`, of the image too (-1)
 */
export function answer(arithmetic, { model, image, label, labels = [label], picks, cells = [] }) {
  const network = arithmetic.readNetwork(model);
  const x = arithmetic.tensor(image.shape, image.data);
  const pass = arithmetic.forward(network, x);
  const gradients = arithmetic.backward(network, pass, labels);
  return {
    sums: pass.sums.map(plain),
    outputs: pass.outputs.map(plain),
    probabilities: plain(pass.answers[0]),
    answers: pass.answers.map(plain),
    loss: gradients.loss,
    explainedLoss: arithmetic.explainLoss(network, pass, labels),
    fused: gradients.fused,
    outputGradients: gradients.outputs.map(plain),
    sumGradients: gradients.sums.map(plain),
    inputGradients: gradients.inputs.map(plain),
    imageGradient: plain(gradients.image),
    cells: cells.map(([layer, index]) => arithmetic.explainCell(network, pass, gradients, layer, index)),
    weightGradients: gradients.weights.map(plainWeights),
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
  };
}

/**
 * Training steps with one image, as the model was compiled.
 *
 * @param {object} arithmetic
 * @param {object} question  `model`, `image`, `label`, `steps`
 */
export function answerTraining(arithmetic, { model, image, label, steps }) {
  let network = arithmetic.readNetwork(model);
  const updates = [];
  const x = arithmetic.tensor(image.shape, image.data);
  for (let step = 0; step < steps; step += 1) {
    const gradients = arithmetic.backward(network, arithmetic.forward(network, x), [label]);
    const last = network.layers.length - 1;
    updates.push(arithmetic.explainUpdate(network, gradients, last, "kernel", [2, 1]));
    network = arithmetic.trainStep(network, gradients);
  }
  return { updates, weights: network.layers.map(({ weights }) => plainWeights(weights)) };
}

function plainWeights(weights) {
  return Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, plain(values)]));
}

function plain({ shape, data }) {
  return { shape, data: [...data] };
}
