"""The curves of a training: loss and metrics over the epochs."""

import os
from typing import TYPE_CHECKING, Any

from minicnn.visualize.colours import BLUE, VERMILION
from minicnn.visualize.figure import finish, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TRAIN, _VALIDATION = BLUE, VERMILION


def plot_history(history: Any, path: str | os.PathLike[str] | None = None) -> "Figure":
    """Draw the loss and every metric over the epochs, for training and validation.

    Parameters
    ----------
    history : History or dict of str to list of float
        The return value of `fit`, or its ``history``.
    path : str or PathLike, optional
        Where to write the picture too; the ending decides the format.

    Returns
    -------
    matplotlib.figure.Figure
        One panel for the loss, then one for each metric.

    Raises
    ------
    TypeError
        If `history` is something else.
    ValueError
        If it has no epoch.

    Examples
    --------
    >>> figure = plot_history({"loss": [1.2, 0.6], "val_loss": [0.9, 0.7]})
    >>> [axes.get_title() for axes in figure.axes]
    ['Loss']
    """
    curves, epochs = _curves_and_epochs(history)
    names = sorted((name for name in curves if not name.startswith("val_")), key=_loss_first)
    figure = new_figure(7, 0.6 + 2.7 * len(names))
    panels = figure.subplots(len(names), sharex=True, squeeze=False)[:, 0]
    for axes, name in zip(panels, names, strict=True):
        _draw_curve(axes, epochs, curves[name], _TRAIN, "o-", "train")
        if f"val_{name}" in curves:
            _draw_curve(axes, epochs, curves[f"val_{name}"], _VALIDATION, "s--", "validation")
            axes.legend()
        _label(axes, name)
    panels[-1].set_xlabel("Epoch")
    figure.align_ylabels()
    return finish(figure, path)


def _curves_and_epochs(history: Any) -> tuple[dict[str, list[float]], list[int]]:
    curves = getattr(history, "history", history)
    if not isinstance(curves, dict):
        raise TypeError(
            f"plot_history draws the return value of fit, got {type(history).__name__}. "
            "Write history = model.fit(...), then plot_history(history)."
        )
    longest = max((len(values) for values in curves.values()), default=0)
    if longest == 0:
        raise ValueError("plot_history got a history without any epoch: call fit first.")
    epochs = [epoch + 1 for epoch in getattr(history, "epoch", range(longest))]
    return curves, epochs


def _loss_first(name: str) -> bool:
    return name != "loss"


def _draw_curve(
    axes: "Axes", epochs: list[int], values: list[float], colour: str, line: str, label: str
) -> None:
    # Markers: a single epoch has no line to be seen.
    axes.plot(epochs[: len(values)], values, line, color=colour, label=label, markersize=4)


def _label(axes: "Axes", name: str) -> None:
    from matplotlib.ticker import MaxNLocator

    title = "Accuracy" if name == "acc" else name.replace("_", " ").capitalize()
    axes.set_title(title)
    axes.set_ylabel(title)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(alpha=0.3)
