/**
 * The page's state: one object, replaced when something changes, and drawn at most once a frame.
 *
 * @typedef {object} State
 * @property {import("#page/arithmetic/network.js").Network} network - with its weights of now
 * @property {import("#page/arithmetic/network.js").Network} untrained - as it came from Python
 * @property {import("#page/arithmetic/tensor.js").Tensor} image - what the network is asked about
 * @property {number | null} example - which example that is; null: the learner's drawing
 * @property {Record<number, import("#page/view/drawing.js").Drawing>} drawings - of which inputs were made
 * @property {boolean} blank - nothing has been drawn
 * @property {(number | number[] | null)[]} labels - the right answer of each output; null: the network's own
 * @property {"forward" | "backward"} direction
 * @property {string} target - backward: whose gradient: "cell", or a weight's name such as "kernel"
 * @property {number} layer - of the picked cell; -1: the image
 * @property {number[]} index - of the picked cell in the layer's output
 * @property {number | null} group - which of a sum's parts is open; null: the largest
 * @property {number[]} weight - row and column of the picked weight in its filter
 * @property {number[] | null} pointed - a cell under the mouse, shown until the mouse leaves
 * @property {Selection[]} history - where the learner came from
 * @property {number} steps - training steps taken
 * @property {import("#page/arithmetic/network.js").Network | null} previous - before the last training
 * @property {number[][]} curve - of the steps taken: points of `lossCurve`
 * @property {object | null} running - the training that goes on
 * @property {object} optimizer - of `network.optimizers`, with the learning rates of its steps
 * @property {string} language
 * @property {"light" | "dark"} theme
 * @property {boolean} ownTheme - chosen here, instead of the device's
 * @property {number} digits - how many digits of a number are shown
 *
 * @typedef {Pick<State, "layer" | "index" | "group" | "direction" | "target" | "weight">} Selection
 *
 * @typedef {object} Store
 * @property {() => State} get
 * @property {(change: Partial<State> | (() => Partial<State>)) => void} set - a function is called in
 *   the frame that draws the change, once, however often it was given
 */

/** Keep a state, and call `redraw` in the frame after it has changed. @returns {Store} */
export function createStore(initial, redraw) {
  let state = initial;
  let waiting = false;
  let later = null;

  function draw() {
    waiting = false;
    if (later) state = { ...state, ...later() };
    later = null;
    redraw(state);
  }

  return {
    get: () => state,
    set(change) {
      if (typeof change === "function") later = change;
      else state = { ...state, ...change };
      if (!waiting) requestAnimationFrame(draw);
      waiting = true;
    },
  };
}

/** Let a function remember its last result, for as long as it gets the very same arguments. */
export function remember(calculate) {
  let last = null;
  let result;
  return (...given) => {
    if (last === null || given.some((one, place) => one !== last[place])) {
      result = calculate(...given);
      last = given;
    }
    return result;
  };
}

/** Open another cell, a part of a `Selection`, and remember the way back. */
export function follow(store, link) {
  const { layer, index, group, direction, target, weight, history } = store.get();
  const here = { layer, index, group, direction, target, weight };
  store.set({ group: null, target: "cell", ...link, pointed: null, history: [...history, here] });
}

/** Open another cell, and move to where it is explained. */
export function openNumber(store, layer, index, direction) {
  follow(store, { layer, index, direction });
  document.getElementById("number").scrollIntoView({ block: "nearest" });
}

/** Return to the cell that the learner came from. */
export function goBack(store) {
  const history = store.get().history.slice();
  const before = history.pop();
  if (before) store.set({ ...before, pointed: null, history });
}
