"""The table of a model's layers, shapes and parameters: as Keras prints it, and for notebooks."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from minicnn.console import printable
from minicnn.html_table import html_table
from minicnn.models.structure import Structure, is_model

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from minicnn.models.model import Model

WIDEST = 88
NARROWEST = 16
COLUMNS = ("Layer (type)", "Output Shape", "Param #")
COLUMN_ENDS = (0.45, 0.8, 1.0)  # as fractions of the line
CONNECTED_ENDS = (0.3, 0.56, 0.74, 1.0)
WIDEST_CONNECTED = 108

# The colours of Keras, among the 256 of terminals
CLASS, NUMBER, NONE = "color(33)", "color(34)", "color(45)"


class Options(NamedTuple):
    """Contents of the table besides the layers."""

    connections: dict[int, str]  # by id of the layer; empty for a chain
    nested: bool = False
    trainable: bool = False


def summary(
    model: "Model",
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    print_fn: Callable[[str], Any] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
) -> None:
    """Print a table of the layers, their output shapes and numbers of parameters.

    Parameters
    ----------
    line_length : int, optional
        Characters in a line.
    positions : list of float, optional
        Where the columns end, as fractions of the line.
    print_fn : callable, optional
        Called with the text instead of `print`.
    expand_nested : bool
        Whether to show the layers of models in the model too.
    show_trainable : bool
        Whether to show which layers are trained.
    """
    from rich.console import Console

    if line_length is not None and line_length < NARROWEST:
        raise ValueError(f"summary: line_length must be >= {NARROWEST}, got {line_length}.")
    options = Options(_connections(model), expand_nested, show_trainable)
    ends = _column_ends(positions, options)
    if print_fn is None:
        _print(model, line_length, ends, options, Console(highlight=False))
        return
    console = Console(highlight=False, force_terminal=False, force_jupyter=False, color_system=None)
    with console.capture() as captured:
        _print(model, line_length, ends, options, console)
    print_fn(captured.get())


def summary_html(model: "Model") -> str:
    """Return the table for a notebook."""
    from html import escape

    options = Options(_connections(model))
    columns = (*COLUMNS, *(("Connected to",) if options.connections else ()))
    rows = [[text.plain for text in _row(layer, options)] for layer in model.layers]
    totals = [_total(name, arrays).plain.strip() for name, arrays in _counted(model)]
    is_number = tuple(column == "Param #" for column in columns)
    return (
        f"<div><strong>Model: {escape(model.name)}</strong>"
        f"{html_table(columns, rows, is_number)}{'<br>'.join(totals)}</div>"
    )


def _connections(model: "Model") -> dict[int, str]:
    """Return what each layer reads, or nothing if the layers form a chain, as Keras decides it."""
    structure: Structure | None = getattr(model, "_structure", None)
    if structure is None or _is_chain(structure):
        return {}
    counts: dict[int, int] = {}
    labels: list[tuple[str, int]] = []
    read: dict[int, list[str]] = {}
    for layer, references in structure.calls:
        labels.append((layer.name, counts.get(id(layer), 0)))
        counts[id(layer)] = counts.get(id(layer), 0) + 1
        texts = [
            f"{labels[number][0]}[{labels[number][1]}][{index}]" for number, index in references
        ]
        read.setdefault(id(layer), []).extend(texts)
    return {layer: ", ".join(texts) or "-" for layer, texts in read.items()}


def _is_chain(structure: Structure) -> bool:
    layers = [call.layer for call in structure.calls]
    return len(set(map(id, layers))) == len(layers) and all(
        call.inputs == (((number - 1, 0),) if number else ())
        for number, call in enumerate(structure.calls)
    )


def _column_ends(positions: Sequence[float] | None, options: Options) -> Sequence[float]:
    ends = CONNECTED_ENDS if options.connections else COLUMN_ENDS
    if positions is None:
        if options.trainable:
            return [0.85 * end for end in ends] + [1.0]
        return ends
    wanted = len(ends) + options.trainable
    if len(positions) != wanted:
        raise ValueError(
            f"summary: positions must have one number for each of the {wanted} columns, got "
            f"{list(positions)}."
        )
    return positions


def _print(
    model: "Model",
    line_length: int | None,
    ends: Sequence[float],
    options: Options,
    console: "Console",
) -> None:
    from shutil import get_terminal_size

    from rich.console import Group
    from rich.text import Text

    widest = WIDEST_CONNECTED if options.connections else WIDEST
    if not line_length:
        line_length = max(NARROWEST, min(widest, get_terminal_size().columns - 4))
    console.width = max(console.width, line_length)  # else rich cuts off the columns at the right
    title = Text(f'Model: "{printable(model.name)}"', "bold")
    totals = [_total(name, arrays) for name, arrays in _counted(model)]
    console.print(Group(title, _table(model, line_length, ends, options), *totals))


def _table(model: "Model", line_length: int, ends: Sequence[float], options: Options) -> "Table":
    """Return a table with a row for each layer."""
    from rich.table import Table

    scale = line_length if ends[-1] <= 1 else 1  # Keras also takes positions in characters
    edges = [0, *(int(end * scale) for end in ends)]
    names = [*COLUMNS, *(["Connected to"] if options.connections else [])]
    names += ["Trainable"] if options.trainable else []
    table = Table(width=line_length, show_lines=True)
    for name, width in zip(names, np.diff(edges).tolist(), strict=True):
        table.add_column(name, width=width, justify="right" if name == "Param #" else "left")
    _add_rows(table, model, options, "")
    return table


def _add_rows(table: "Table", model: "Model", options: Options, indent: str) -> None:
    for layer in model.layers:
        table.add_row(*_row(layer, options, indent))
        if options.nested and is_model(layer):
            _add_rows(table, layer, options, indent + "    ")


def _row(layer: Any, options: Options, indent: str = "") -> list["Text"]:
    from rich.text import Text

    kind = "Functional" if type(layer).__name__ == "Model" else type(layer).__name__
    name = Text.assemble(f"{indent}{printable(layer.name)} (", (kind, CLASS), ")")
    row = [name, _output_shape(layer), _parameters(layer)]
    if options.connections:
        row.append(Text("" if indent else options.connections.get(id(layer), "-")))
    if options.trainable:
        has_weights = bool(layer.weights)
        row.append(Text(("Y" if layer.trainable else "N") if has_weights else "-"))
    return row


def _output_shape(layer: Any) -> "Text":
    from rich.text import Text

    if not layer.built:
        return Text("?")
    shapes = getattr(layer, "output_shapes", None) or [layer.output_shape]
    texts = []
    for shape in shapes:
        sizes = [(str(size), NONE if size is None else NUMBER) for size in shape]
        texts.append(Text.assemble("(", Text(", ").join(Text(*size) for size in sizes), ")"))
    return texts[0] if len(texts) == 1 else Text.assemble("[", Text(", ").join(texts), "]")


def _parameters(layer: Any) -> "Text":
    from rich.text import Text

    if not layer.built:
        return Text.assemble(("0", NUMBER), " (unbuilt)")
    return Text(f"{layer.count_params():,}", NUMBER)


def _total(name: str, arrays: Sequence[np.ndarray]) -> "Text":
    from rich.text import Text

    count = sum(array.size for array in arrays)
    size = readable_size(sum(array.nbytes for array in arrays))
    return Text.assemble((f" {name} params: ", "bold"), (f"{count:,}", NUMBER), f" ({size})")


def _counted(model: "Model") -> list[tuple[str, list[np.ndarray]]]:
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
    """Return each array once, although several layers may share it; views count as their base."""
    return list({id(one if one.base is None else one.base): one for one in arrays}.values())


def readable_size(size: float) -> str:
    """Return a number of bytes in the largest unit that leaves at least 1, as Keras does."""
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} PB"
