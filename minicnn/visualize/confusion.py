"""The confusion matrix as a heat map: how often each class was predicted as each."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from minicnn.errors import ShapeError
from minicnn.visualize.colours import readable_on
from minicnn.visualize.figure import finish, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def plot_confusion_matrix(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    class_names: Sequence[object] | None = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw how often each class was predicted as each: rows actual, columns predicted.

    Parameters
    ----------
    y_true, y_pred : array_like of int, shape (samples,)
        Indices of the actual and of the predicted classes, from 0.
    class_names : sequence, optional
        Names of the classes; by default their indices.
    path : str or PathLike, optional
        Where to write the picture too; the ending decides the format.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError
        If the two are not one-dimensional and equally long, or there are fewer names than classes.
    ValueError
        If they contain anything but integers >= 0, or are empty.

    Examples
    --------
    >>> figure = plot_confusion_matrix([0, 1, 1], [0, 1, 0], class_names=["cat", "dog"])
    >>> figure.axes[0].get_ylabel()
    'Actual'
    """
    actual, predicted = _class_indices(y_true, "y_true"), _class_indices(y_pred, "y_pred")
    if len(actual) != len(predicted):
        raise ShapeError(
            "plot_confusion_matrix needs one prediction per label, "
            f"got {len(actual)} labels and {len(predicted)} predictions."
        )
    classes = max(actual.max(), predicted.max()) + 1
    names = [str(name) for name in (range(classes) if class_names is None else class_names)]
    if len(names) < classes:
        raise ShapeError(f"class_names lists {len(names)} names, but there are {classes} classes.")
    counts = confusion_counts(actual, predicted, len(names))
    figure = _heat_map(counts, names)
    return finish(figure, path)


def confusion_counts(actual: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """Count how often each class was predicted as each."""
    pairs = np.bincount(actual * classes + predicted, minlength=classes * classes)
    return pairs.reshape(classes, classes)


def _class_indices(labels: ArrayLike, name: str) -> np.ndarray:
    """Return the labels as integers after checking them."""
    array = np.asarray(labels)
    if array.ndim != 1:
        raise ShapeError(
            f"{name} must be class indices of shape (samples,), got shape {array.shape}. "
            f"Write np.argmax({name}, axis=1) for one-hot labels or probabilities."
        )
    if array.size == 0:
        raise ValueError(f"{name} is empty.")
    if array.dtype.kind not in "biuf" or not np.all(
        np.isfinite(array) & (array >= 0) & (array == np.floor(array))
    ):
        raise ValueError(f"{name} must be class indices 0, 1, 2, …, got {array[:5]!r} …")
    return array.astype(np.int64)


def _heat_map(counts: np.ndarray, names: list[str]) -> "Figure":
    from matplotlib.colors import PowerNorm

    # Colours follow the square root: otherwise a few mistakes would look like none.
    shade = PowerNorm(0.5, vmin=0, vmax=max(counts.max(), 1))
    size = 2.0 + 0.5 * len(names)
    figure = new_figure(size + 1, size)
    axes = figure.subplots()
    image = axes.imshow(counts, cmap="Blues", norm=shade)
    figure.colorbar(image, ax=axes, label="Samples")
    _label_axes(axes, names)
    for (row, column), count in np.ndenumerate(counts):
        colour = readable_on(np.asarray(image.cmap(image.norm(count))))
        axes.text(column, row, count, ha="center", va="center", color=colour)
    return figure


def _label_axes(axes: "Axes", names: list[str]) -> None:
    ticks = range(len(names))
    if max(map(len, names)) > 3:
        axes.set_xticks(ticks, names, rotation=45, ha="right", rotation_mode="anchor")
    else:
        axes.set_xticks(ticks, names)
    axes.set_yticks(ticks, names)
    axes.set_xlabel("Predicted")
    axes.set_ylabel("Actual")
    axes.set_title("Confusion matrix")
