"""``minicnn steps``: the arithmetic of a convolution or of a model's layer, one sum after the other."""

from argparse import Namespace
from typing import Any

import numpy as np

from minicnn import steps
from minicnn.cli.messages import say, tell
from minicnn.cli.parser import (
    Parser,
    add_model,
    add_option,
    add_picture_options,
    one_of,
    whole_number,
)
from minicnn.cli.pictures import Reader
from minicnn.cli.saved import Trained, load_trained
from minicnn.cli.step_pages import StepPages, cell, show_all, show_one_by_one, waits
from minicnn.errors import unknown_name
from minicnn.steps.layer_walk import LayerWalk
from minicnn.steps.notation import number_text
from minicnn.steps.trace import Trace
from minicnn.steps.walk import BackwardWalk, GradientWalk, Walk

IMAGE = np.array(
    [
        [1, 0, 0, 0, 0, 1],
        [0, 1, 0, 0, 1, 0],
        [0, 0, 1, 1, 0, 0],
        [1, 0, 0, 0, 1, 0],
        [0, 1, 0, 0, 1, 0],
        [0, 0, 1, 0, 1, 0],
    ]
)
FILTERS = {
    1: np.array([[1, -1, -1], [-1, 1, -1], [-1, -1, 1]]),
    2: np.array([[-1, 1, -1], [-1, 1, -1], [-1, 1, -1]]),
}
POOLING = {"max": steps.max_pooling2d, "average": steps.average_pooling2d}
NAMES = {"weight": "kernel", "pixel": "input"}  # in the lecture, and in walks
OF_THE_LECTURE = {"filter": 1, "stride": 1, "padding": "valid", "pooling": None}
OF_A_MODEL = ("layer", "label", "invert", "as_is", "scale")
OF_A_LAYER = ("backward", "cell", "all")
EXAMPLES = """\
examples:
  minicnn steps                                 the lecture's image and filter 1
  minicnn steps --filter 2 --stride 2
  minicnn steps --padding same --cell 0,0       one step, at the border
  minicnn steps --pooling max
  minicnn steps --backward weight --cell 0,2    the origin of its gradient
  minicnn steps --image seven.png               the model that was trained last
  minicnn steps --image seven.png --layer conv2d --cell 10,12,5
  minicnn steps mine.keras --image seven.png --layer dense --backward weight

In a terminal it waits after each step: Enter continues, b goes back, q quits.
In a file or a pipe all steps are printed.
"""


def add_parser(commands: Any) -> None:
    """Add the command to the parser's commands."""
    parser = commands.add_parser(
        "steps",
        help="a convolution, one sum after the other",
        description="Show the arithmetic: each number, and the sum that makes it.",
        epilog=EXAMPLES,
    )
    add_model(parser)
    lecture = parser.add_argument_group("the lecture's example")
    add_option(lecture, "--filter N", "filter 1 or 2 (default: 1)", whole_number(1, 2))
    add_option(lecture, "--stride N", "cells between windows (default: 1)", whole_number(1))
    add_option(
        lecture, "--padding PADDING", "valid, or same: zeros around the image (default: valid)",
        one_of("padding", ["valid", "same"])
    )  # fmt: skip
    add_option(
        lecture, "--pooling KIND", "max or average: pool the feature map in windows of 2×2",
        one_of("pooling", list(POOLING))
    )  # fmt: skip
    which = parser.add_argument_group("which steps")
    add_option(
        which, "--backward WHAT",
        "the steps of a gradient: weight, pixel; in a model also bias, z, …"
    )  # fmt: skip
    add_option(which, "--cell ROW,COLUMN", "one step only, counted from 0", cell)
    add_option(which, "--all", "print all steps, without waiting")
    model = parser.add_argument_group("a model")
    add_option(model, "--image FILE", "the picture for the model")
    add_option(model, "--layer NAME", "name or index; without it, an overview is printed")
    add_option(
        model, "--label CLASS",
        "the class of the picture, for the loss (default: the model's answer)"
    )  # fmt: skip
    add_picture_options(model)
    parser.set_defaults(run=run, check=_check_options)


def run(options: Namespace) -> int:
    """Go through the lecture's example, or through a layer of a saved model."""
    if options.image is None:
        _show(_lecture(options), options)
        return 0
    trained = load_trained(options.model)
    trace = _trace(trained, options)
    if options.layer is None:
        first = trace.layers[0].name
        print(trace)
        if options.label is None:
            tell("The label is the model's answer. If it is wrong, give the class: --label.")
        print()
        tell("The sums of a layer: --layer {name}, or another.", name=first)
        return 0
    walk = _layer(trace, options.layer)
    if options.backward is None:
        pages = StepPages(walk, str(walk))
    else:
        loss = number_text(trace.loss)
        start = say("The loss of this picture is {loss}. On the way back:", loss=loss)
        pages = _back(walk, walk.backward(), start, options.backward)
    _show(pages, options)
    return 0


def _trace(trained: Trained, options: Namespace) -> Trace:
    """Pass a picture through a model and back."""
    reader = Reader(trained, options.invert, options.as_is, options.scale)
    example = reader.read(options.image).example
    names = trained.class_names
    if options.label is None:
        outputs = trained.model.predict(example[np.newaxis], verbose=0)
        label = int(trained.answer.probabilities(outputs)[0].argmax())
    elif options.label in names:
        label = names.index(options.label)
    else:
        raise unknown_name("class", options.label, names)
    return steps.trace(trained.model, example, label)


def _layer(trace: Trace, layer: str) -> LayerWalk:
    """Return the walk of a layer, given by name or index."""
    names = [one.name for one in trace.layers]
    if layer not in names and layer.isascii() and layer.isdecimal() and int(layer) < len(names):
        return trace[int(layer)]
    return trace[layer]


def _lecture(options: Namespace) -> StepPages:
    """Return the pages of the lecture's example."""
    walk: Walk = steps.conv2d(
        IMAGE, FILTERS[options.filter], strides=options.stride, padding=options.padding
    )
    if options.pooling:
        walk = POOLING[options.pooling](walk.output)
    if options.backward is None:
        return StepPages(walk, str(walk))
    start = say("Let the loss be the sum of the output: dy is 1 everywhere. On the way back:")
    return _back(walk, walk.backward(np.ones_like(walk.output)), start, options.backward)


def _back(walk: Walk, back: BackwardWalk, start: str, what: str) -> StepPages:
    """Return the pages of a gradient, with the forward pass on the first of them."""
    gradient = _gradient(back, what)
    return StepPages(gradient, f"{walk}\n\n{start}\n\n{gradient}")


def _gradient(back: BackwardWalk, what: str) -> GradientWalk:
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


def _check_options(parser: Parser, options: Namespace) -> None:
    """Check that the options go together, and set the defaults."""
    typed = {name for name, value in vars(options).items() if value not in (None, False)}
    if options.cell is not None:
        typed.add("cell")
    if {"cell", "all"} <= typed:
        parser.error(say("--cell is one step, --all is all of them: use one of the two."))
    if {"model", "image"} & typed:
        _check_model_options(parser, options, typed)
    else:
        for name in OF_A_MODEL:
            if name in typed:
                parser.error(
                    say(
                        "{option} is for a model, with a picture: --image seven.png.",
                        option=_typed(name),
                    )
                )
    for name, value in OF_THE_LECTURE.items():
        if getattr(options, name) is None:
            setattr(options, name, value)


def _check_model_options(parser: Parser, options: Namespace, typed: set[str]) -> None:
    for name in OF_THE_LECTURE:
        if name in typed:
            parser.error(
                say(
                    "{option} is for the lecture's example: the layers of a model have their own.",
                    option=_typed(name),
                )
            )
    if options.image is None:
        parser.error(
            say("expected a picture for the model: --image seven.png, with the name of yours.")
        )
    for name in OF_A_LAYER:
        if name in typed and options.layer is None:
            parser.error(say("{option} is for one layer: --layer conv2d.", option=_typed(name)))


def _typed(name: str) -> str:
    return f"--{name.replace('_', '-')}"
