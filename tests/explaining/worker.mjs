/**
 * Answers questions, one JSON a line, until the input ends: about a model, about one convolution
 * (`slide`), about training steps (`train`), or what a function returns (`call`, `with`).
 */

import { createInterface } from "node:readline";

import * as arithmetic from "../../minicnn/explaining/page/arithmetic/network.js";
import { answer, answerSlide, answerTraining } from "./answering.mjs";

function answerTo(question) {
  if (question.call) {
    return { returned: arithmetic[question.call](...question.with) };
  }
  if (question.train) return answerTraining(arithmetic, question.train);
  return question.slide ? answerSlide(arithmetic, question.slide) : answer(arithmetic, question);
}

for await (const line of createInterface({ input: process.stdin })) {
  let said;
  try {
    said = answerTo(JSON.parse(line));
  } catch (error) {
    said = { error: `${error.stack}` };
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
