"""Pictures of how well a training went: its curves, confused classes, and the worst predictions."""

import math
import os
from collections.abc import Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.errors import ShapeError
from minicnn.models import Model
from minicnn.training import inputs
from minicnn.training.batches import class_ids
from minicnn.training.checks import check_counts
from minicnn.visualize.arguments import (
    as_pictures,
    class_labels,
    percent,
    probabilities_of,
    shown_range,
)
from minicnn.visualize.cells import draw_image
from minicnn.visualize.colours import BLUE, VERMILION, readable_on
from minicnn.visualize.figure import finish, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ACROSS = 4  # images in a row


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
    from matplotlib.ticker import MaxNLocator

    curves = getattr(history, "history", history)
    if not isinstance(curves, dict):
        raise TypeError(
            f"plot_history draws the return value of fit, got {type(history).__name__}. "
            "Write history = model.fit(...), then plot_history(history)."
        )
    longest = max(map(len, curves.values()), default=0)
    if longest == 0:
        raise ValueError("plot_history got a history without any epoch: call fit first.")
    epochs = [epoch + 1 for epoch in getattr(history, "epoch", range(longest))]
    names = [name for name in curves if not name.startswith("val_")]
    names.sort(key=lambda name: name != "loss")  # the loss first
    figure = new_figure(7, 0.6 + 2.7 * len(names))
    panels = figure.subplots(len(names), sharex=True, squeeze=False)[:, 0]
    for axes, name in zip(panels, names, strict=True):
        for key, colour, line, label in (
            (name, BLUE, "o-", "train"),
            (f"val_{name}", VERMILION, "s--", "validation"),
        ):
            if key in curves:  # with markers: a single epoch has no line to be seen
                reached = epochs[: len(curves[key])]
                axes.plot(reached, curves[key], line, color=colour, label=label, markersize=4)
        title = "Accuracy" if name == "acc" else name.replace("_", " ").capitalize()
        axes.set(title=title, ylabel=title)
        if f"val_{name}" in curves:
            axes.legend()
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        axes.grid(alpha=0.3)
    panels[-1].set_xlabel("Epoch")
    figure.align_ylabels()
    return finish(figure, path)


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
    from matplotlib.colors import PowerNorm

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
    size = 2.0 + 0.5 * len(names)
    figure = new_figure(size + 1, size)
    axes = figure.subplots()
    # Colours follow the square root: otherwise a few mistakes would look like none.
    shade = PowerNorm(0.5, vmin=0, vmax=max(counts.max(), 1))
    image = axes.imshow(counts, cmap="Blues", norm=shade)
    figure.colorbar(image, ax=axes, label="Samples")
    axes.set_xticks(range(len(names)), names)
    axes.set_yticks(range(len(names)), names)
    if max(map(len, names)) > 3:
        axes.tick_params("x", rotation=45)
        for label in axes.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
    axes.set(xlabel="Predicted", ylabel="Actual", title="Confusion matrix")
    for (row, column), count in np.ndenumerate(counts):
        colour = readable_on(np.asarray(image.cmap(image.norm(count))))
        axes.text(column, row, count, ha="center", va="center", color=colour)
    return finish(figure, path)


def confusion_counts(actual: ndarray, predicted: ndarray, classes: int) -> ndarray:
    """Count how often each class was predicted as each."""
    pairs = np.bincount(actual * classes + predicted, minlength=classes * classes)
    return pairs.reshape(classes, classes)


def _class_indices(labels: ArrayLike, name: str) -> ndarray:
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


class Mistake(NamedTuple):
    """An image with a wrong prediction."""

    image: int
    actual: int
    predicted: int
    p_actual: float
    p_predicted: float


def plot_most_wrong(
    model: Model,
    x: Any,
    y: Any,
    count: int = 12,
    class_names: Sequence[object] | None = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw the images with the worst predictions: predicted and actual class, and their probabilities.

    Parameters
    ----------
    model : Model
        A classifier.
    x : array (images, height, width, channels)
        Preferably test images: the model may have memorized training images.
    y : array of int (images,), or one-hot (images, classes)
        Their classes.
    count : int
        The largest number of images to draw.
    class_names : sequence, optional
        Names of the classes; by default their indices.
    path : str or PathLike, optional
        Where to write the picture too; the ending decides the format.

    Returns
    -------
    matplotlib.figure.Figure
        The image with the least probable actual class first. The index is above each image.

    Raises
    ------
    ShapeError, ValueError, TypeError
        If `x` does not fit the model, its outputs are not probabilities, or `y` has other classes
        than the model.

    Examples
    --------
    >>> from minicnn import Sequential
    >>> from minicnn.layers import Activation, Flatten
    >>> guess = Sequential([Flatten(input_shape=(1, 2, 1)), Activation("softmax")])
    >>> x = np.array([[2, 0], [0, 1], [0, 4]]).reshape(3, 1, 2, 1)
    >>> figure = plot_most_wrong(guess, x, [0, 0, 0])
    >>> [axes.get_title() for axes in figure.axes if axes.images]
    ['image 2', 'image 1']
    """
    examples, actual = inputs.arrays(x, y)[:2]
    probabilities = probabilities_of(model, model.predict(examples, verbose=0))
    names = class_labels(class_names, probabilities.shape[1])
    mistakes = most_wrong(probabilities, _classes(actual, len(names)), count)
    if not mistakes:
        figure = new_figure(4, 1)
        figure.suptitle(f"No mistake in {len(examples)} image{'s' * (len(examples) > 1)}.")
        return finish(figure, path)
    across = min(len(mistakes), ACROSS)
    down = math.ceil(len(mistakes) / across)
    figure = new_figure(max(2.3 * across, 3.5), 2.9 * down)
    panels = figure.subplots(2 * down, across, squeeze=False, height_ratios=[3, 1] * down)
    pictures, black_white = as_pictures(examples), shown_range(model, examples)
    pairs = zip(panels[0::2].ravel(), panels[1::2].ravel(), strict=True)
    for mistake, (above, below) in zip_longest(mistakes, pairs):
        if mistake is None:
            above.remove()
            below.remove()
            continue
        draw_image(above, pictures[mistake.image], f"image {mistake.image}", black_white)
        _draw_answer(below, mistake, names)
    return finish(figure, path)


def most_wrong(probabilities: ndarray, actual: ndarray, count: int) -> list[Mistake]:
    """Find the mistakes in which the actual class is least probable."""
    check_counts(count=count)
    predicted = probabilities.argmax(axis=1)
    images = np.arange(len(actual))
    p_actual, p_predicted = probabilities[images, actual], probabilities[images, predicted]
    order = np.lexsort((-p_predicted, p_actual))
    chosen = order[(predicted != actual)[order]][:count]
    columns = (chosen, *(part[chosen] for part in (actual, predicted, p_actual, p_predicted)))
    return [Mistake(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _classes(y: ndarray | None, classes: int) -> ndarray:
    """Return the class index of each image after checking it."""
    if y is None:
        raise ValueError("plot_most_wrong needs the actual classes: plot_most_wrong(model, x, y).")
    numbers = class_ids(y)
    if numbers.ndim != 1:
        raise ShapeError(f"y must be one class per image, got shape {y.shape}.")
    known = (numbers >= 0) & (numbers < classes) & (numbers == np.floor(numbers))
    if not known.all():
        raise ValueError(
            f"y must be class indices, 0 to {classes - 1} for this model, got {numbers[~known][0]}."
        )
    return numbers.astype(np.int64)


def _draw_answer(axes: "Axes", mistake: Mistake, names: Sequence[str]) -> None:
    """Draw two bars: the predicted and the actual class."""
    bars = [
        ("says", mistake.predicted, mistake.p_predicted, VERMILION),
        ("is", mistake.actual, mistake.p_actual, BLUE),
    ]
    for row, (word, number, probability, colour) in enumerate(bars):
        axes.barh(row, probability, color=colour, height=0.3)
        axes.text(0, row - 0.25, f"{word} {names[number]}", color=colour, fontsize=9)
        axes.text(1, row - 0.25, percent(probability), color=colour, fontsize=9, ha="right")
    axes.set_xlim(-0.08, 1.08)
    axes.set_ylim(1.3, -0.8)
    axes.axis("off")
