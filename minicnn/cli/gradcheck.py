"""``minicnn gradcheck``."""

import sys
from argparse import Namespace

import numpy as np
from numpy import ndarray

from minicnn.cli.saved import Trained, load_trained
from minicnn.testing import GradientError, GradientReport, measure_gradients

UNKNOWN_SIDE = 16  # pixels, where the model takes images of any size
LOSSES = {"softmax": "sparse_categorical_crossentropy", "sigmoid": "binary_crossentropy"}
"""By the last activation; other models are given a random upstream gradient."""


def run(options: Namespace) -> int:
    """Compare a saved model's gradients with finite differences, and print a table of them."""
    trained = load_trained(options.model)
    random = np.random.default_rng(options.seed)
    x, span = _random_inputs(trained, options.examples, random)
    loss, y = _loss_and_labels(trained, options.examples, random)
    print(f"Model: {trained.path}")
    print(
        f"Gradients of {loss or 'a random sum of the outputs'}, in float64, for {options.examples} "
        f"random inputs of {' × '.join(map(str, x.shape[1:]))} numbers from {span}"
        f"{' with random labels' if loss else ''}, as in training.",
        flush=True,  # it may take a while
    )
    try:
        report = measure_gradients(
            trained.model, x, y, loss=loss, entries=None if options.all else options.entries,
            seed=options.seed,
        )  # fmt: skip
    except GradientError as error:
        print(f"minicnn gradcheck: error: {error}", file=sys.stderr)
        return 1
    _print_table(report)
    print(_conclusion(report))
    return 0 if report.passed else 1


def _random_inputs(
    trained: Trained, examples: int, random: np.random.Generator
) -> tuple[ndarray, str]:
    """Return inputs in the range that the model has learnt from, and that range in words."""
    shape = [UNKNOWN_SIDE if size is None else size for size in trained.model.input_shape[1:]]
    low, high = trained.model.trained_range or (0.0, 1.0)
    return random.uniform(low, high, (examples, *shape)), f"{low:g} to {high:g}"


def _loss_and_labels(
    trained: Trained, examples: int, random: np.random.Generator
) -> tuple[str | None, ndarray | None]:
    """Return the loss that belongs to the last activation, and labels for it; or nothing."""
    last = trained.model.layers[-1]
    activation = getattr(getattr(last, "activation", None), "name", "")
    given = (examples, *last.input_shape[1:])
    shape = [size or 0 for size in last.compute_output_shape(given)]
    if activation not in LOSSES or 0 in shape:
        return None, None
    if activation == "sigmoid":
        return LOSSES[activation], random.integers(2, size=shape)
    return LOSSES[activation], random.integers(shape[-1], size=shape[:-1])


def _print_table(report: GradientReport) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Layer", "Gradient of", "Entries", "Kinks", "Largest error", "Verdict")
    for column in table.columns[2:5]:
        column.justify = "right"
    for row in report.rows:
        size = int(np.prod(row.shape))
        entries = f"all {size:,}" if row.checked >= size else f"{row.checked} of {size:,}"
        table.add_row(
            row.owner, row.name, entries, str(row.kinks or ""), f"{row.error:.1e}", row.verdict
        )
    Console(markup=False, emoji=False, highlight=False).print(table)


def _conclusion(report: GradientReport) -> str:
    """Say in words what the table says."""
    if not report.passed:
        return "\n".join(row.explain() for row in report.rows if not row.passed)
    unchecked = [f"d{row.name} of {row.owner}" for row in report.rows if row.verdict != "passed"]
    if unchecked:
        return (
            f"No error was found, but {', '.join(unchecked)} is not checked: all compared entries are "
            "at kinks, where the derivative is not unique. Try another --seed."
        )
    kinks = f" {report.kinks} of them are at kinks and were ignored." if report.kinks else ""
    return (
        f"Passed: backward matches finite differences to {report.error:.1e} of each array's largest "
        f"gradient. The listed entries were compared one by one, and all entries in a sum.{kinks}"
    )
