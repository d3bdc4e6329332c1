"""``minicnn steps``: the arithmetic of a convolution or of a model's layer, one sum after the other."""

import os
import sys
from argparse import ArgumentTypeError, Namespace
from collections.abc import Iterable
from functools import cached_property

import numpy as np

from minicnn import steps
from minicnn.cli.messages import say, tell, translated, translated_heads
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
from minicnn.errors import unknown_name
from minicnn.steps.notation import number_text
from minicnn.steps.step import Index, Step
from minicnn.steps.text import tables_text
from minicnn.steps.trace import Trace
from minicnn.steps.walk import BackwardWalk, Steps, Walk
from minicnn.training.progress import is_terminal
from minicnn.visualize.step_tables import Source, sources_of, tables_of

WIDTH = 80
HIGHEST = 12  # rows of a table that still leave room for the step below it
MOST = 50_000  # products in a walk that is drawn whole at every step
CLEAR = "\x1b[H\x1b[2J"
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
HEADS = ("window", "filter", "products", "cells it met", "weights")  # of a step's tables
OVERVIEW = (("layer", "output"), ("smallest", "largest", "|gradient|", "|of weights|"))
HELP = "a convolution, one sum after the other"
DESCRIPTION = "Show the arithmetic: each number, and the sum that makes it."
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


class StepPages:
    """The pages of a walk."""

    def __init__(self, walk: Steps, head: str) -> None:
        self.walk, self.head = walk, head
        self.indices: list[Index] = list(walk.indices())

    def __len__(self) -> int:
        return 1 + len(self.indices)

    def __getitem__(self, number: int) -> str:
        if number == 0:
            return translated_heads(translated(self.head), HEADS)
        step = self.walk.step(self.indices[number - 1])
        title = say("Step {number} of {count}", number=number, count=len(self.indices))
        explained = translated_heads(translated(str(step)), HEADS)
        return "\n\n".join(filter(None, [title, self._whole(step), explained]))

    def number_of(self, index: Index) -> int:
        """Return the page on which a number of the output is computed."""
        return 1 + self.indices.index(checked(index, self.walk.output.shape))

    def _whole(self, step: Step) -> str:
        """Draw the arrays that the step reads and what is computed so far, if a page has room."""
        if len(self.indices) * max(len(step.terms), 1) > MOST:
            return ""
        rows = tables_of(self.walk, step, self._sources)
        drawn = [table for table in rows[0] if table.used]  # the step's own tables use none
        if not drawn or any(table.cells.ndim > 2 or len(table.cells) > HIGHEST for table in drawn):
            return ""
        text = tables_text([drawn])
        return text if max(map(len, text.splitlines())) <= WIDTH else ""

    @cached_property
    def _sources(self) -> dict[str, Source]:
        return sources_of(self.walk, [self.walk.step(self.indices[0])])


def show_one_by_one(pages: StepPages) -> None:
    """Show a page, wait for a key, and go on, until the last page or ``q``."""
    keys = say("Enter: next   b: back   q: quit   0,2: that cell > ")
    clear = "" if os.environ.get("TERM") == "dumb" else CLEAR  # the window slides in its place
    number, remark = 0, ""
    while number < len(pages):
        print(f"{clear}{pages[number]}\n\n{remark}{keys}", end="", flush=True)
        try:
            answer = input().strip().lower()
        except EOFError:  # Ctrl-D
            print()
            return
        if answer in ("q", "quit"):
            return
        number, remark = _next(pages, number, answer)


def cell(text: str) -> tuple[int, ...]:
    """Read the index of a number: ``0,2``."""
    try:
        return tuple(whole_number(0)(part.strip()) for part in text.split(","))
    except ArgumentTypeError:
        message = "must be integers >= 0 with commas, such as 0,2, got {text!r}."
        raise ArgumentTypeError(say(message, text=text)) from None


def checked(index: Index, shape: tuple[int, ...]) -> Index:
    """Return an index after checking it; a last axis of size 1 may be left out."""
    whole = (*index, 0) if len(index) == len(shape) - 1 and shape[-1] == 1 else index
    if len(whole) == len(shape) and all(i < size for i, size in zip(whole, shape, strict=True)):
        return whole
    first, last = ",".join("0" * len(shape)), ",".join(str(size - 1) for size in shape)
    message = "there is no cell {index}: they go from {first} to {last}."
    raise ValueError(say(message, index=",".join(map(str, index)), first=first, last=last))


def _next(pages: StepPages, number: int, answer: str) -> tuple[int, str]:
    """Return the page that was asked for, and a remark above the keys."""
    if answer in ("", "n", "b"):
        return max(number + (-1 if answer == "b" else 1), 0), ""
    try:
        return pages.number_of(cell(answer)), ""
    except ArgumentTypeError:
        return number, say("{answer!r} means nothing here.", answer=answer) + "\n"
    except ValueError as error:
        return number, f"{error}\n"


def add_arguments(parser: Parser) -> None:
    """Add the arguments of the command."""
    add_model(parser)
    lecture = parser.add_argument_group("the lecture's example")
    add_option(lecture, "--filter N", "filter 1 or 2 (default: 1)", whole_number(1, 2))
    add_option(lecture, "--stride N", "cells between windows (default: 1)", whole_number(1))
    padding = "valid, or same: zeros around the image (default: valid)"
    add_option(lecture, "--padding PADDING", padding, one_of("padding", ["valid", "same"]))
    pooling = "max or average: pool the feature map in windows of 2×2"
    add_option(lecture, "--pooling KIND", pooling, one_of("pooling", POOLING))
    which = parser.add_argument_group("which steps")
    gradient = "the steps of a gradient: weight, pixel; in a model also bias, z, …"
    add_option(which, "--backward WHAT", gradient)
    add_option(which, "--cell ROW,COLUMN", "one step only, counted from 0", cell)
    add_option(which, "--all", "print all steps, without waiting")
    model = parser.add_argument_group("a model")
    add_option(model, "--image FILE", "the picture for the model")
    add_option(model, "--layer NAME", "name or index; without it, an overview is printed")
    label = "the class of the picture, for the loss (default: the model's answer)"
    add_option(model, "--label CLASS", label)
    add_picture_options(model)


def run(options: Namespace) -> int:
    """Go through the lecture's example, or through a layer of a saved model."""
    if options.image is None:
        _show(_lecture(options), options)
        return 0
    trained = load_trained(options.model)
    trace = _trace(trained, options)
    if options.layer is None:
        first = trace.layers[0].name
        print(translated_heads(translated(str(trace)), *OVERVIEW))
        if options.label is None:
            tell("The label is the model's answer. If it is wrong, give the class: --label.")
        print()
        tell("The sums of a layer: --layer {name}, or another.", name=first)
        return 0
    names: dict[str, str | int] = {str(index): index for index in range(len(trace.layers))}
    names |= {layer.name: layer.name for layer in trace.layers}
    walk = trace[names.get(options.layer, options.layer)]
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
    gradient = back.gradients.get(NAMES.get(what, what))
    if gradient is None:
        words = {walk: word for word, walk in NAMES.items()}
        raise unknown_name("gradient", what, [words.get(name, name) for name in back.gradients])
    return StepPages(gradient, f"{walk}\n\n{start}\n\n{gradient}")


def _show(pages: StepPages, options: Namespace) -> None:
    if options.cell is not None:
        print(pages[pages.number_of(options.cell)])
    elif options.all or not (is_terminal(sys.stdin) and is_terminal(sys.stdout)):
        for number in range(len(pages)):
            print(pages[number], end="\n\n" if number < len(pages) - 1 else "\n")
    else:
        show_one_by_one(pages)


def check(parser: Parser, options: Namespace) -> None:
    """Check that the options go together, and set the defaults."""
    typed = {name for name, value in vars(options).items() if value not in (None, False)}
    if {"cell", "all"} <= typed:
        parser.error(say("--cell is one step, --all is all of them: use one of the two."))

    def refuse(names: Iterable[str], advice: str) -> None:
        for name in names:
            if name in typed:
                parser.error(say(advice, option=f"--{name.replace('_', '-')}"))

    if {"model", "image"} & typed:
        refuse(
            OF_THE_LECTURE,
            "{option} is for the lecture's example: the layers of a model have their own.",
        )
        if options.image is None:
            advice = "expected a picture for the model: --image seven.png, with the name of yours."
            parser.error(say(advice))
        if options.layer is None:
            refuse(OF_A_LAYER, "{option} is for one layer: --layer conv2d.")
    else:
        refuse(OF_A_MODEL, "{option} is for a model, with a picture: --image seven.png.")
    for name, value in OF_THE_LECTURE.items():
        setattr(options, name, getattr(options, name) or value)
