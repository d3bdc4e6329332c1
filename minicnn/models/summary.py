"""The table of a model's layers, shapes and parameters: as Keras prints it, and for notebooks."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from minicnn.html_table import html_table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

WIDEST = 88
NARROWEST = 16
COLUMNS = ("Layer (type)", "Output Shape", "Param #")
COLUMN_ENDS = (0.45, 0.8, 1.0)  # as shares of the line

# Keras' colours, out of the terminal's 256.
CLASS, NUMBER, NONE = "color(33)", "color(34)", "color(45)"


def summary(
    model: Any,
    line_length: int | None = None,
    print_fn: Callable[[str], Any] | None = None,
) -> None:
    """Print a model's layers, their output shapes and numbers of parameters."""
    from rich.console import Console

    if line_length is not None and line_length < NARROWEST:
        raise ValueError(f"summary takes a line_length of {NARROWEST} or more, got {line_length}.")
    if print_fn is None:
        _print(model, line_length, Console(highlight=False))
        return
    console = Console(highlight=False, force_terminal=False, force_jupyter=False, color_system=None)
    with console.capture() as captured:
        _print(model, line_length, console)
    print_fn(captured.get())


def summary_html(model: Any) -> str:
    """Return the table for a notebook."""
    from html import escape

    rows = [[text.plain for text in _row(layer)] for layer in model.layers]
    totals = [_total(name, arrays).plain.strip() for name, arrays in _counted(model)]
    return (
        f"<div><strong>Model: {escape(model.name)}</strong>"
        f"{html_table(COLUMNS, rows, (False, False, True))}{'<br>'.join(totals)}</div>"
    )


def _print(model: Any, line_length: int | None, console: "Console") -> None:
    from rich.console import Group
    from rich.text import Text

    line_length = line_length or _default_line_length()
    console.width = max(console.width, line_length)  # else rich cuts off the columns at the right
    title = Text(f'Model: "{model.name}"', "bold")
    totals = [_total(name, arrays) for name, arrays in _counted(model)]
    console.print(Group(title, _table(model.layers, line_length), *totals))


def _default_line_length() -> int:
    from shutil import get_terminal_size

    return max(NARROWEST, min(WIDEST, get_terminal_size().columns - 4))


def _table(layers: Iterable[Any], line_length: int) -> "Table":
    """Return a row a layer: name and class, output shape, number of parameters."""
    from rich.table import Table

    ends = [0, *(int(share * line_length) for share in COLUMN_ENDS)]
    first, second, third = np.diff(ends).tolist()
    table = Table(width=line_length, show_lines=True)
    table.add_column(COLUMNS[0], width=first)
    table.add_column(COLUMNS[1], width=second)
    table.add_column(COLUMNS[2], width=third, justify="right")
    for layer in layers:
        table.add_row(*_row(layer))
    return table


def _row(layer: Any) -> tuple["Text", "Text", "Text"]:
    return _name(layer), _output_shape(layer), _parameters(layer)


def _name(layer: Any) -> "Text":
    from rich.text import Text

    return Text.assemble(f"{layer.name} (", (type(layer).__name__, CLASS), ")")


def _output_shape(layer: Any) -> "Text":
    from rich.text import Text

    if not layer.built:
        return Text("?")
    sizes = [(str(size), NONE if size is None else NUMBER) for size in layer.output_shape]
    return Text.assemble("(", Text(", ").join(Text(*size) for size in sizes), ")")


def _parameters(layer: Any) -> "Text":
    from rich.text import Text

    if not layer.built:
        return Text.assemble(("0", NUMBER), " (unbuilt)")
    return Text(f"{layer.count_params():,}", NUMBER)


def _total(name: str, arrays: list[np.ndarray]) -> "Text":
    from rich.text import Text

    count = sum(array.size for array in arrays)
    size = readable_size(sum(array.nbytes for array in arrays))
    return Text.assemble((f" {name} params: ", "bold"), (f"{count:,}", NUMBER), f" ({size})")


def _counted(model: Any) -> list[tuple[str, list[np.ndarray]]]:
    """Return what the lines below the table count: a name, and the arrays."""
    trainable = _distinct(array for layer in model.layers for array in layer.trainable_weights)
    fixed = _distinct(array for layer in model.layers for array in layer.non_trainable_weights)
    optimizer: Any = getattr(model, "optimizer", None)
    state = []
    if getattr(optimizer, "built", False):  # by the first training step
        state = [np.asarray(variable) for variable in optimizer.variables]
    counted = [
        ("Total", trainable + fixed + state),
        ("Trainable", trainable),
        ("Non-trainable", fixed),
    ]
    return counted + ([("Optimizer", state)] if state else [])


def _distinct(arrays: Iterable[np.ndarray]) -> list[np.ndarray]:
    """Return each array once, although several layers may share it."""
    return list({id(array): array for array in arrays}.values())


def readable_size(size: float) -> str:
    """Return a number of bytes in the largest unit that leaves at least 1, as Keras does."""
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} PB"
