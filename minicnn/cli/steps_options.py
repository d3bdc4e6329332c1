"""The options of ``minicnn steps``, and which of them go together."""

from argparse import ArgumentTypeError, Namespace, _ActionsContainer

from minicnn.cli.parser import Parser, one_of, whole_number
from minicnn.cli.saved import MODEL, OUTPUT

OF_THE_LECTURE = {"filter": 1, "stride": 1, "padding": "valid", "pooling": None}
OF_A_MODEL = ("layer", "label", "invert", "as_is")
OF_A_LAYER = ("backward", "cell", "all")


def add_steps_options(parser: Parser) -> None:
    """Tell the parser what may be typed behind ``minicnn steps``."""
    lecture = parser.add_argument_group("the lecture's example")
    lecture.add_argument(
        "--filter", metavar="N", type=whole_number(1, 2), help="filter 1 or 2 (default: 1)"
    )
    lecture.add_argument(
        "--stride",
        metavar="N",
        type=whole_number(1),
        help="cells from window to window (default: 1)",
    )
    lecture.add_argument(
        "--padding",
        metavar="PADDING",
        type=one_of("padding", ["valid", "same"]),
        help="valid, or same: zeros around the image (default: valid)",
    )
    lecture.add_argument(
        "--pooling",
        metavar="KIND",
        type=one_of("pooling", ["max", "average"]),
        help="max or average: go on from the feature map, by windows of 2×2",
    )
    steps = parser.add_argument_group("which steps")
    steps.add_argument(
        "--backward",
        metavar="WHAT",
        help="where a gradient comes from: weight, pixel; in a model bias, z, … too",
    )
    steps.add_argument(
        "--cell", metavar="ROW,COLUMN", type=cell, help="one step only, counted from 0"
    )
    steps.add_argument("--all", action="store_true", help="print all steps, without waiting")
    model = parser.add_argument_group("your own model")
    model.add_argument("--image", metavar="FILE.png", help="the picture that it is shown")
    model.add_argument("--model", metavar="FILE", help=f"(default: {OUTPUT}/{MODEL})")
    model.add_argument("--layer", metavar="NAME", help="by name or number; without it, an overview")
    model.add_argument(
        "--label",
        metavar="CLASS",
        help="what the picture shows, for the loss (default: the model's answer)",
    )
    add_picture_options(model)


def add_picture_options(parser: _ActionsContainer) -> None:
    """Tell the parser how a picture may be changed before a model sees it."""
    parser.add_argument("--invert", action="store_true", help="dark on light: swap them")
    parser.add_argument(
        "--as-is", action="store_true", help="don't make the picture like MNIST's, only resize it"
    )


def check_steps_options(parser: Parser, options: Namespace) -> None:
    """See that the options fit together, and set those that were left out."""
    given = {name for name, value in vars(options).items() if value not in (None, False)}
    if options.cell is not None:
        given.add("cell")
    if {"cell", "all"} <= given:
        parser.error("--cell is one step, and --all is all of them: give one of the two.")
    if {"model", "image"} & given:
        _check_model(parser, options, given)
    else:
        for name in OF_A_MODEL:
            if name in given:
                parser.error(
                    f"{_typed(name)} is for a model: give it a picture, --image seven.png."
                )
    for name, value in OF_THE_LECTURE.items():
        if getattr(options, name) is None:
            setattr(options, name, value)


def cell(text: str) -> tuple[int, ...]:
    """Understand the place of a number: ``0,2``."""
    try:
        return tuple(whole_number(0)(part.strip()) for part in text.split(","))
    except ArgumentTypeError:
        raise ArgumentTypeError(
            f"takes whole numbers from 0 on with commas between, such as 0,2, got {text!r}."
        ) from None


def _check_model(parser: Parser, options: Namespace, given: set[str]) -> None:
    for name in OF_THE_LECTURE:
        if name in given:
            parser.error(
                f"{_typed(name)} is for the lecture's example: the layers of a model have their own."
            )
    if options.image is None:
        parser.error("expected a picture for the model: --image seven.png, with the name of yours.")
    for name in OF_A_LAYER:
        if name in given and options.layer is None:
            parser.error(f"{_typed(name)} is for one layer: name it, --layer conv2d.")


def _typed(name: str) -> str:
    return f"--{name.replace('_', '-')}"
