"""The table of a model's layers, shapes and parameters: as Keras prints it, and for notebooks."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from minicnn import checks
from minicnn.console import printable
from minicnn.html_table import html_table
from minicnn.layers import Layer
from minicnn.models.structure import Structure, call_numbers, is_model
from minicnn.models.trainer import Trainer

if TYPE_CHECKING:
    from rich.table import Table

WIDEST = 88
NARROWEST = 16
COLUMN_ENDS = (0.45, 0.8, 1.0)  # as fractions of the line
CONNECTED_ENDS = (0.3, 0.56, 0.74, 1.0)
WIDEST_CONNECTED = 108

# The colours of Keras, among the 256 of terminals
CLASS, NUMBER, NONE = "color(33)", "color(34)", "color(45)"

Text = list[str | tuple[str, str]]
"""Parts of a text, some with a style, as rich's `Text.assemble` takes them."""


class Options(NamedTuple):
    """Contents of the table besides the layers."""

    connections: dict[Layer, str]  # empty for a chain
    nested: bool = False
    trainable: bool = False

    def columns(self) -> list[str]:
        """Return the heads of the columns."""
        connected = ["Connected to"] * bool(self.connections)
        return [
            "Layer (type)", "Output Shape", "Param #", *connected, *["Trainable"] * self.trainable
        ]  # fmt: skip


def summary(
    model: Trainer,
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
    from shutil import get_terminal_size

    from rich import text
    from rich.console import Console, Group

    if line_length is not None and (
        checks.integer("summary", "line_length", line_length, minimum=None) < NARROWEST
    ):
        raise ValueError(f"summary: line_length must be >= {NARROWEST}, got {line_length}.")
    options = Options(_connections(model), expand_nested, show_trainable)
    ends = _column_ends(positions, options)
    for_text: Any = {"force_terminal": False, "force_jupyter": False, "color_system": None}
    console = Console(highlight=False, **({} if print_fn is None else for_text))
    if not line_length:
        widest = WIDEST_CONNECTED if options.connections else WIDEST
        line_length = max(NARROWEST, min(widest, get_terminal_size().columns - 4))
    console.width = max(console.width, line_length)  # else rich cuts off the columns at the right
    title = text.Text(f'Model: "{printable(model.name)}"', "bold")
    totals = [text.Text.assemble(*total) for total in _totals(model)]
    printed = Group(title, _table(model, line_length, ends, options), *totals)
    if print_fn is None:
        console.print(printed)
        return
    with console.capture() as captured:
        console.print(printed)
    print_fn(captured.get())


def summary_html(model: Trainer) -> str:
    """Return the table for a notebook."""
    options = Options(_connections(model))
    rows = [[_plain(text) for text in _row(layer, options)] for layer in model.layers]
    is_number = tuple(column == "Param #" for column in options.columns())
    totals = "<br>".join(_plain(total).strip() for total in _totals(model))
    return (
        f"<div><strong>Model: {escape(model.name)}</strong>"
        f"{html_table(options.columns(), rows, is_number)}{totals}</div>"
    )


def _plain(text: Text) -> str:
    return "".join(part if isinstance(part, str) else part[0] for part in text)


def _connections(model: Trainer) -> dict[Layer, str]:
    """Return what each layer reads, or nothing if the layers form a chain, as Keras decides it."""
    structure: Structure | None = getattr(model, "_structure", None)
    if structure is None:
        return {}
    calls, read = structure.calls, dict[Layer, list[str]]()
    chain = [(), *(((number, 0),) for number in range(len(calls) - 1))]
    if [call.inputs for call in calls] == chain and len({call.layer for call in calls}) == len(
        calls
    ):
        return {}
    labels = [f"{call.layer.name}[{n}]" for call, n in zip(calls, call_numbers(calls), strict=True)]
    for layer, references in calls:
        texts = [f"{labels[number]}[{index}]" for number, index in references]
        read.setdefault(layer, []).extend(texts)
    return {layer: ", ".join(texts) or "-" for layer, texts in read.items()}


def _column_ends(positions: Sequence[float] | None, options: Options) -> Sequence[float]:
    if positions is None:
        ends = CONNECTED_ENDS if options.connections else COLUMN_ENDS
        return [*(0.85 * end for end in ends), 1.0] if options.trainable else ends
    wanted = len(options.columns())
    numbers = [checks.finite_number("summary", "positions", end, gt=0) for end in positions]
    if len(numbers) != wanted or numbers != sorted(set(numbers)):
        raise ValueError(
            f"summary: positions must have one number for each of the {wanted} columns, in order, got "
            f"{list(positions)}."
        )
    return positions


def _table(model: Trainer, line_length: int, ends: Sequence[float], options: Options) -> "Table":
    """Return a table with a row for each layer."""
    from rich import table, text

    scale = line_length if ends[-1] <= 1 else 1  # Keras also takes positions in characters
    widths = np.diff([0, *(int(end * scale) for end in ends)]).tolist()
    made = table.Table(width=line_length, show_lines=True)
    for name, width in zip(options.columns(), widths, strict=True):
        made.add_column(name, width=width, justify="right" if name == "Param #" else "left")
    for row in _rows(model, options):
        made.add_row(*(text.Text.assemble(*cell) for cell in row))
    return made


def _rows(model: Trainer, options: Options, indent: str = "") -> Iterator[list[Text]]:
    for layer in model.layers:
        yield _row(layer, options, indent)
        if options.nested and is_model(layer):
            yield from _rows(layer, options, indent + "    ")


def _row(layer: Any, options: Options, indent: str = "") -> list[Text]:
    kind = "Functional" if type(layer).__name__ == "Model" else type(layer).__name__
    count: Text = [("0", NUMBER), " (unbuilt)"]
    if layer.built:
        count = [(f"{layer.count_params():,}", NUMBER)]
    row: list[Text] = [
        [f"{indent}{printable(layer.name)} (", (kind, CLASS), ")"], _output_shape(layer), count
    ]  # fmt: skip
    if options.connections:
        row.append(["" if indent else options.connections.get(layer, "-")])
    if options.trainable:
        row.append([("Y" if layer.trainable else "N") if layer.weights else "-"])
    return row


def _output_shape(layer: Any) -> Text:
    if not layer.built:
        return ["?"]
    texts = []
    for shape in getattr(layer, "output_shapes", None) or [layer.output_shape]:
        sizes: list[Text] = [[(str(size), NONE if size is None else NUMBER)] for size in shape]
        texts.append(_joined("(", sizes, ")"))
    return texts[0] if len(texts) == 1 else _joined("[", texts, "]")


def _joined(start: str, texts: Sequence[Text], end: str) -> Text:
    parts = [part for text in texts for part in (", ", *text)]
    return [start, *parts[1:], end]


def _totals(model: Trainer) -> list[Text]:
    """Return the lines below the table."""
    trainable = _distinct(array for layer in model.layers for array in layer.trainable_weights)
    fixed = _distinct(array for layer in model.layers for array in layer.non_trainable_weights)
    optimizer: Any = getattr(model, "optimizer", None)
    state = []
    if getattr(optimizer, "built", False):  # by the first training step
        state = [np.asarray(variable) for variable in optimizer.variables]
    counted = {"Total": trainable + fixed + state, "Trainable": trainable, "Non-trainable": fixed}
    counted |= {"Optimizer": state} if state else {}
    totals: list[Text] = []
    for name, arrays in counted.items():
        count = sum(array.size for array in arrays)
        size = readable_size(sum(array.nbytes for array in arrays))
        totals.append([(f" {name} params: ", "bold"), (f"{count:,}", NUMBER), f" ({size})"])
    return totals


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
