"""The images with the worst predictions."""

import math
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy import ndarray

from minicnn.errors import ShapeError
from minicnn.models import Model
from minicnn.preprocessing.model_input import Range
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
from minicnn.visualize.colours import BLUE, VERMILION
from minicnn.visualize.figure import finish, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ACROSS = 4  # images in a row


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
    figure = _draw(mistakes, as_pictures(examples), names, shown_range(model, examples))
    return finish(figure, path)


def most_wrong(probabilities: ndarray, actual: ndarray, count: int) -> list[Mistake]:
    """Find the mistakes in which the actual class is least probable."""
    check_counts(count=count)
    predicted = probabilities.argmax(axis=1)
    images = np.arange(len(actual))
    p_actual, p_predicted = probabilities[images, actual], probabilities[images, predicted]
    order = np.lexsort((-p_predicted, p_actual))
    return [
        Mistake(
            int(i), int(actual[i]), int(predicted[i]), float(p_actual[i]), float(p_predicted[i])
        )
        for i in order[(predicted != actual)[order]][:count]
    ]


def _classes(y: ndarray | None, classes: int) -> ndarray:
    """Return the class index of each image after checking it."""
    if y is None:
        raise ValueError("plot_most_wrong needs the actual classes: plot_most_wrong(model, x, y).")
    numbers = class_ids(y)
    known = (numbers >= 0) & (numbers < classes) & (numbers == np.floor(numbers))
    if numbers.ndim != 1 or not known.all():
        if numbers.ndim != 1:
            raise ShapeError(f"y must be one class per image, got shape {y.shape}.")
        raise ValueError(
            f"y must be class indices, 0 to {classes - 1} for this model, got {numbers[~known][0]}."
        )
    return numbers.astype(np.int64)


def _draw(
    mistakes: Sequence[Mistake], images: ndarray, names: Sequence[str], black_white: Range
) -> "Figure":
    if not mistakes:
        figure = new_figure(4, 1)
        figure.suptitle(f"No mistake in {len(images)} image{'s' * (len(images) > 1)}.")
        return figure
    across = min(len(mistakes), ACROSS)
    down = math.ceil(len(mistakes) / across)
    figure = new_figure(max(2.3 * across, 3.5), 2.9 * down)
    panels = figure.subplots(2 * down, across, squeeze=False, height_ratios=[3, 1] * down)
    for index, mistake in enumerate(mistakes):
        row, column = divmod(index, across)
        image, title = images[mistake.image], f"image {mistake.image}"
        draw_image(panels[2 * row, column], image, title, black_white)
        _draw_answer(panels[2 * row + 1, column], mistake, names)
    for axes in panels.T.reshape(across, down, 2)[:, -1][
        len(mistakes) - (down - 1) * across :
    ].flat:
        axes.remove()
    return figure


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
