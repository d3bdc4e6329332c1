"""The metrics of every epoch, as `fit` returns them."""

import weakref
from collections.abc import Mapping, Sequence
from html import escape
from math import isfinite
from typing import Any

from minicnn.callbacks.callback import Callback, Logs, MetricValues
from minicnn.html_table import html_table

# Okabe & Ito 2008, "Color Universal Design": blue and vermilion.
_TRAIN, _VALIDATION = "#0072B2", "#D55E00"
_WIDTH, _HEIGHT, _EDGE = 220, 110, 8  # pixels
_ROW = "display: flex; flex-wrap: wrap; gap: 1.6em; margin: 0.4em 0"
_LINE = 'fill="none" stroke-width="2" stroke-linejoin="round"'
_KEY = (
    f'<div><span style="color: {_TRAIN}">━━</span> train '
    f'&nbsp; <span style="color: {_VALIDATION}">━ ━</span> validation</div>'
)


class History(Callback):
    """Records the metrics of every epoch.

    Attributes
    ----------
    history : dict of str to list of float
        One value per epoch for each metric: ``accuracy``, ``loss``, ``val_accuracy``, ``val_loss``.
    epoch : list of int
        The epochs, counted from 0.
    model
        The trained model while it exists: the history does not keep it in memory.
    params
        As of every `Callback`.

    Examples
    --------
    >>> history = History()
    >>> history.on_epoch_end(0, {"accuracy": 0.5, "loss": 1.2})
    >>> history.on_epoch_end(1, {"accuracy": 0.75, "loss": 0.6})
    >>> history.history
    {'accuracy': [0.5, 0.75], 'loss': [1.2, 0.6]}
    >>> history
    <History of 2 epochs: accuracy, loss>
    """

    state_attributes = ("history", "epoch")
    _model: Any = None  # a weak reference: model.history refers back

    def __init__(self) -> None:
        self.history: dict[str, list[float]] = MetricValues()
        self.epoch: list[int] = []

    @property
    def model(self) -> Any:
        """The trained model; None if it has been deleted."""
        return None if self._model is None else self._model()

    @model.setter
    def model(self, value: Any) -> None:
        try:
            self._model = None if value is None else weakref.ref(value)
        except TypeError:  # not every object can be referred to weakly
            self._model = lambda: value

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_model": None}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Append the metrics of the epoch, and set ``model.history``."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        if self.model is not None:
            self.model.history = self

    def __repr__(self) -> str:
        epochs = "1 epoch" if len(self.epoch) == 1 else f"{len(self.epoch)} epochs"
        names = ", ".join(self.history)
        return f"<History of {epochs}: {names}>" if names else f"<History of {epochs}>"

    def _repr_html_(self) -> str:
        return history_html(self.history, self.epoch)


def history_html(history: Mapping[str, Sequence[float]], epoch: Sequence[int]) -> str:
    """Return plots and a table as HTML with inline styles."""
    complete = {name: values for name, values in history.items() if len(values) == len(epoch)}
    rows = [
        [str(number + 1), *(_number(values[index]) for values in complete.values())]
        for index, number in enumerate(epoch)
    ]
    table = html_table(["Epoch", *complete], rows, [True] * (1 + len(complete)))
    rest = "".join(
        f"<div>{escape(name)}, in {len(values)} of {len(epoch)} epochs: "
        f"{', '.join(map(_number, values))}</div>"
        for name, values in history.items()
        if name not in complete
    )
    return (_charts(complete) if len(epoch) > 1 else "") + table + rest


def _number(value: float) -> str:
    return f"{value:.4f}" if abs(value) >= 1e-3 or value == 0 else f"{value:.3g}"


def _charts(history: Mapping[str, Sequence[float]]) -> str:
    metrics = [name for name in history if not name.startswith("val_") or name[4:] not in history]
    charts = "".join(_chart(name, history) for name in metrics)
    has_validation = any(f"val_{name}" in history for name in metrics)
    return f'<div style="{_ROW}">{charts}</div>{_KEY if has_validation else ""}'


def _chart(name: str, history: Mapping[str, Sequence[float]]) -> str:
    """Return the curves of one metric, for training and validation, in one plot."""
    curves = [(history[name], _TRAIN, "none")]
    if f"val_{name}" in history:
        curves.append((history[f"val_{name}"], _VALIDATION, "6 4"))
    finite = [value for values, _, _ in curves for value in values if isfinite(value)]
    least, greatest = min(finite, default=0.0), max(finite, default=0.0)
    drawn = "".join(
        _curve(values, least, greatest, colour, dashes) for values, colour, dashes in curves
    )
    title = f"{name} from {_number(least)} to {_number(greatest)}"
    return (
        f'<figure style="margin: 0"><figcaption><strong>{escape(name)}</strong> '
        f"{_number(least)} … {_number(greatest)}</figcaption>"
        f'<svg width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="{escape(title)}">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="none" stroke="rgb(128,128,128)"/>'
        f"{drawn}</svg></figure>"
    )


def _curve(values: Sequence[float], least: float, greatest: float, colour: str, dashes: str) -> str:
    """Return a curve as SVG, with markers if there are few points; skips non-finite values."""
    across, up = (_WIDTH - 2 * _EDGE) / max(len(values) - 1, 1), _HEIGHT - 2 * _EDGE
    span = (greatest - least) or 1.0
    points = [
        (_EDGE + across * index, _EDGE + up * (greatest - value) / span)
        for index, value in enumerate(values)
        if isfinite(value)
    ]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in points
    )
    line = f'<polyline points="{path}" stroke="{colour}" stroke-dasharray="{dashes}" {_LINE}/>'
    return line + (dots if len(points) <= 30 else "")
