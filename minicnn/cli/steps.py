"""``minicnn steps``."""

from argparse import Namespace

import numpy as np

from minicnn import steps
from minicnn.cli.step_by_step import show_all, show_one_by_one, waits
from minicnn.cli.step_pages import StepPages
from minicnn.cli.step_trace import layer_of, loss_text, traced
from minicnn.errors import unknown_name
from minicnn.steps.walk import BackwardWalk, GradientWalk, Walk

IMAGE = np.array([
    [1, 0, 0, 0, 0, 1],
    [0, 1, 0, 0, 1, 0],
    [0, 0, 1, 1, 0, 0],
    [1, 0, 0, 0, 1, 0],
    [0, 1, 0, 0, 1, 0],
    [0, 0, 1, 0, 1, 0],
])  # fmt: skip
FILTERS = {
    1: np.array([[1, -1, -1], [-1, 1, -1], [-1, -1, 1]]),
    2: np.array([[-1, 1, -1], [-1, 1, -1], [-1, 1, -1]]),
}
POOLING = {"max": steps.max_pooling2d, "average": steps.average_pooling2d}
NAMES = {"weight": "kernel", "pixel": "input"}  # as one says, and as walks say
SUM = "Let the loss be the sum of the output: dy is 1 everywhere. On the way back:"


def run(options: Namespace) -> int:
    """Walk through the arithmetic of the lecture's example, or of a layer of a saved model."""
    if options.image is None:
        _show(_lecture(options), options)
        return 0
    seen = traced(options)
    if options.layer is None:
        print(f"{seen}\n\nThe sums of a layer: --layer {seen.layers[0].name}, or another.")
        return 0
    walk = layer_of(seen, options.layer)
    if options.backward is None:
        pages = StepPages(walk, str(walk))
    else:
        pages = _back(walk, walk.backward(), loss_text(seen), options.backward)
    _show(pages, options)
    return 0


def _lecture(options: Namespace) -> StepPages:
    """Return the pages of the lecture's example."""
    walk: Walk = steps.conv2d(
        IMAGE, FILTERS[options.filter], strides=options.stride, padding=options.padding
    )
    if options.pooling:
        walk = POOLING[options.pooling](walk.output)
    if options.backward is None:
        return StepPages(walk, str(walk))
    return _back(walk, walk.backward(np.ones_like(walk.output)), SUM, options.backward)


def _back(walk: Walk, back: BackwardWalk, loss: str, what: str) -> StepPages:
    """Return the pages of a gradient, the way forward on the first of them too."""
    gradient = _chosen(back, what)
    return StepPages(gradient, f"{walk}\n\n{loss}\n\n{gradient}")


def _chosen(back: BackwardWalk, what: str) -> GradientWalk:
    """Return the gradient that was asked for."""
    name = NAMES.get(what, what)
    if name not in back.gradients:
        words = {walk: word for word, walk in NAMES.items()}
        raise unknown_name("gradient", what, [words.get(one, one) for one in back.gradients])
    return back.gradients[name]


def _show(pages: StepPages, options: Namespace) -> None:
    if options.cell is not None:
        print(pages[pages.number_of(options.cell)])
    elif waits() and not options.all:
        show_one_by_one(pages)
    else:
        show_all(pages)
