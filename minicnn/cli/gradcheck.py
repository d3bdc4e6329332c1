"""``minicnn gradcheck``: compare a saved model's gradients with finite differences."""

from argparse import Namespace

import numpy as np
from numpy import ndarray

from minicnn.cli.messages import reason, report, say, tell
from minicnn.cli.parser import Parser, add_model, add_option, whole_number
from minicnn.cli.predict import print_table
from minicnn.cli.saved import Trained, load_trained
from minicnn.console import printable
from minicnn.testing import GradientError, GradientReport, measure_gradients

UNKNOWN_SIDE = 16  # pixels, if the model takes images of any size
HELP = "check a model's gradients"
DESCRIPTION = "Compare a model's gradients with finite differences."
EXAMPLES = """\
examples:
  minicnn gradcheck                             the model that was trained last
  minicnn gradcheck mine.keras --examples 4
  minicnn gradcheck small.keras --all

Each number is changed a little up and down, and the change of the loss is
compared with the result of backward, in float64 and in plain NumPy: the
kernels, in float32, are too coarse for small differences. Kinks are points such
as the 0 of ReLU, where the slope is not defined. The exit code is 1 if a
gradient is wrong.
"""


def add_arguments(parser: Parser) -> None:
    """Add the arguments of the command."""
    add_model(parser)
    amount = parser.add_mutually_exclusive_group()
    entries = "entries of each array to compare one by one (default: 25)"
    add_option(amount, "--entries N", entries, whole_number(1), default=25)
    add_option(amount, "--all", "compare all entries, which takes long")
    examples = "number of random inputs (default: 2)"
    add_option(parser, "--examples N", examples, whole_number(1), default=2)
    seed = "of the random inputs, labels and entries (default: 1)"
    add_option(parser, "--seed N", seed, whole_number(0, 2**32 - 1), default=1)


def run(options: Namespace) -> int:
    """Print a table that compares a saved model's gradients with finite differences."""
    trained = load_trained(options.model, compiled=False)
    random = np.random.default_rng(options.seed)
    x, span = _random_inputs(trained, options.examples, random)
    loss, y = _loss_and_labels(trained, options.examples, random)
    tell("Model: {path}", path=trained.path)
    tell(
        "Gradients of {loss}, in float64, for {examples} random inputs of {shape} numbers from "
        "{span}{labels}, as in training.",
        loss=loss or say("a random sum of the outputs"), examples=options.examples, span=span,
        shape=" + ".join(" × ".join(map(str, one.shape[1:])) for one in x),
        labels=say(" with random labels") if loss else "",
    )  # fmt: skip
    inputs = x if len(x) > 1 else x[0]
    entries = None if options.all else options.entries
    try:
        measured = measure_gradients(
            trained.model, inputs, y, loss=loss, entries=entries, seed=options.seed
        )
    except GradientError as error:
        report("gradcheck", f"{say('error')}: {reason(error)}")
        return 1
    _print_table(measured)
    print(_conclusion(measured))
    return 0 if measured.passed else 1


def _random_inputs(
    trained: Trained, examples: int, random: np.random.Generator
) -> tuple[list[ndarray], str]:
    """Return an array for each input in the range of the training data, and this range in words."""
    low, high = trained.model.trained_range or (0.0, 1.0)
    shapes = [[size or UNKNOWN_SIDE for size in shape[1:]] for shape in trained.model.input_shapes]
    arrays = [random.uniform(low, high, (examples, *shape)) for shape in shapes]
    return arrays, say("{low:g} to {high:g}", low=low, high=high)


def _loss_and_labels(
    trained: Trained, examples: int, random: np.random.Generator
) -> tuple[str | None, ndarray | None]:
    """Return the loss that goes with the last activation and labels for it, or None."""
    last = trained.model.layers[-1]
    activation = getattr(getattr(last, "activation", None), "name", "")
    inputs = (examples, *last.input_shape[1:])
    shape = [size or 0 for size in last.compute_output_shape(inputs)]
    if 0 not in shape and activation == "sigmoid":
        return "binary_crossentropy", random.integers(2, size=shape)
    if 0 not in shape and activation == "softmax":
        return "sparse_categorical_crossentropy", random.integers(shape[-1], size=shape[:-1])
    return None, None  # a random upstream gradient


def _print_table(report: GradientReport) -> None:
    from rich.table import Table

    heads = ("Layer", "Gradient of", "Entries", "Kinks", "Largest error", "Verdict")
    table = Table(*map(say, heads))
    for column in table.columns[2:5]:
        column.justify = "right"
    for row in report.rows:
        size = int(np.prod(row.shape))
        every = "all {size:,}" if row.checked >= size else "{checked} of {size:,}"
        entries = say(every, size=size, checked=row.checked)
        names = say(printable(row.owner)), printable(row.name)
        table.add_row(*names, entries, str(row.kinks or ""), f"{row.error:.1e}", say(row.verdict))
    print_table(table)


def _conclusion(report: GradientReport) -> str:
    """Return what the table means."""
    if not report.passed:
        return "\n".join(row.explain() for row in report.rows if not row.passed)
    unchecked = [f"d{row.name} of {row.owner}" for row in report.rows if row.verdict != "passed"]
    if unchecked:
        return say(
            "No error was found, but {names} is not checked: all compared entries are at kinks, where "
            "the derivative is not unique. Try another --seed.",
            names=printable(", ".join(unchecked)),
        )
    conclusion = say(
        "Passed: backward matches finite differences to {error:.1e} of each array's largest "
        "gradient. The listed entries were compared one by one, and all entries in a sum.",
        error=report.error,
    )
    if not report.kinks:
        return conclusion
    kinks = say("{count} of them are at kinks and were ignored.", count=report.kinks)
    return f"{conclusion} {kinks}"
