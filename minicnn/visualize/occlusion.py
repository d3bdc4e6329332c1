"""Occlusion: the probability of a class when a part of the image is covered."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.errors import ShapeError
from minicnn.models import Model
from minicnn.training.checks import check_counts
from minicnn.visualize.arguments import percent, probabilities_of, subject
from minicnn.visualize.cells import bare, draw_cells, draw_image, outline, show_whole
from minicnn.visualize.colours import AMOUNTS, VERMILION, Shade
from minicnn.visualize.figure import finish, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Square = tuple[slice, slice]

SURE = 0.9  # the scale begins here or lower: differences above do not matter


def occlusion(
    model: Model,
    image: Any,
    size: int,
    stride: int = 1,
    class_index: int | None = None,
    colour: ArrayLike | None = None,
) -> ndarray:
    """Cover each part of the image with a square, and compute the probability of a class.

    For each block of stride × stride pixels, a square of size × size pixels around it is covered; at
    the border, the part inside the image.

    Parameters
    ----------
    model : Model
        A classifier.
    image : array of numbers, (height, width, channels)
        Or (height, width) if it is grey; in the range of the training data.
    size : int
        Side of the square in pixels.
    stride : int
        Distance of the squares in pixels; at most `size`, so that every pixel is covered.
    class_index : int, optional
        By default the class that is most probable.
    colour : number or (channels,), optional
        Colour of the square. By default the median of the image: the background of a drawing, a
        medium colour of a photograph.

    Returns
    -------
    (rows, columns)
        The probability of the class for each square: ``rows = ⌈height / stride⌉``.

    Raises
    ------
    ShapeError, ValueError
        If the image does not fit the model, its outputs are not probabilities, there is no such
        class, or `size` and `stride` are not integers >= 1 with ``stride <= size``.

    References
    ----------
    Zeiler & Fergus 2014, "Visualizing and Understanding Convolutional Networks", ECCV,
    arXiv:1311.2901, section 4.2.

    Examples
    --------
    A network whose output depends on the left pixel only:

    >>> from minicnn import Sequential
    >>> from minicnn.layers import Dense, Flatten
    >>> model = Sequential([Flatten(input_shape=(1, 3, 1)), Dense(1, activation="sigmoid")])
    >>> model.set_weights([[[9], [0], [0]], [0]])
    >>> occlusion(model, [[1, 0, 0]], size=1).round(2)
    array([[0.5, 1. , 1. ]])
    """
    shown = subject(model, image, "occlusion", class_index)
    cover = _cover(shown.picture, colour)
    rows = []
    for row in _squares(shown.picture.shape, size, stride):
        covered = np.stack([shown.picture] * len(row))
        for image, square in zip(covered, row, strict=True):
            image[square] = cover
        outputs = model.compute_outputs(covered.reshape(-1, *shown.batch.shape[1:]))
        rows.append(probabilities_of(model, outputs)[:, shown.class_index])
    return np.stack(rows)


def plot_occlusion(
    model: Model,
    image: Any,
    size: int,
    stride: int = 1,
    class_index: int | None = None,
    colour: ArrayLike | None = None,
    class_names: Sequence[object] | None = None,
    path: str | os.PathLike[str] | None = None,
) -> "Figure":
    """Draw an image, the map of `occlusion`, and the square that lowers the probability most.

    Parameters
    ----------
    model, image, size, stride, class_index, colour
        As in `occlusion`.
    class_names : sequence, optional
        Names of the classes; by default their indices.
    path : str or PathLike, optional
        Where to write the picture too; the ending decides the format.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ShapeError, ValueError
        As `occlusion`.

    Examples
    --------
    >>> from minicnn import Sequential
    >>> from minicnn.layers import Dense, Flatten
    >>> model = Sequential([Flatten(input_shape=(1, 3, 1)), Dense(1, activation="sigmoid")])
    >>> model.set_weights([[[9], [0], [0]], [0]])
    >>> figure = plot_occlusion(model, [[1, 0, 0]], size=1, class_names=["dark", "bright"])
    >>> figure.axes[0].get_title()
    'bright: > 99.9 %'
    """
    shown = subject(model, image, "plot_occlusion", class_index, class_names)
    found = occlusion(model, shown.batch, size, stride, shown.class_index, colour)
    row, column = np.unravel_index(int(np.argmin(found)), found.shape)
    square = _squares(shown.picture.shape, size, stride)[row][column]
    covered = shown.picture.copy()
    covered[square] = _cover(covered, colour)
    outputs = model.compute_outputs(covered.reshape(shown.batch.shape))
    after = probabilities_of(model, outputs)[0]
    title = f"covered here: {shown.name} {percent(after[shown.class_index])}"
    answer = int(np.argmax(after))
    if answer != shown.class_index:
        title += f",\n{shown.names[answer]} {percent(after[answer])}"
    figure = new_figure(9.6, 3.3)
    before, scores, worst = figure.subplots(1, 3)
    draw_image(before, shown.picture, shown.title, shown.black_white)
    right, bottom = (count * stride - 0.5 for count in found.shape[::-1])
    shade = Shade(AMOUNTS, min(float(found.min()), SURE), max(float(found.max()), 1.0))
    drawn = draw_cells(scores, found, shade, extent=(-0.5, right, bottom, -0.5))
    show_whole(scores, shown.picture.shape)
    figure.colorbar(drawn, ax=scores, shrink=0.8, label="probability")
    bare(scores, f"{shown.name},\nif {size}×{size} pixels here are covered")
    draw_image(worst, covered, title, shown.black_white)
    (top, height), (left, width) = ((part.start, part.stop - part.start) for part in square)
    for axes in (scores, worst):
        outline(axes, left - 0.5, top - 0.5, width, height, edgecolor=VERMILION, lw=2)
    return finish(figure, path)


def _cover(image: ndarray, colour: ArrayLike | None) -> ndarray:
    """Return the colour to cover with, (channels,) or a number."""
    if colour is None:
        return np.median(image, axis=(0, 1)).astype(image.dtype)
    cover = np.asarray(colour, image.dtype)
    if cover.shape not in ((), (1,), image.shape[2:]):
        raise ShapeError(
            f"colour must be a number or one per channel, {image.shape[2:]}, got {cover.shape}."
        )
    return cover


def _squares(image_size: Sequence[int], size: int, stride: int) -> list[list[Square]]:
    """Return rows of squares, each as slices of the image."""
    check_counts(size=size, stride=stride)
    if stride > size:
        raise ValueError(
            f"with squares of size={size} and stride={stride} some pixels are never covered: use a "
            f"stride of at most {size}."
        )
    margin = (size - stride) // 2
    down, across = (
        [
            slice(max(block - margin, 0), min(block - margin + size, length))
            for block in range(0, length, stride)
        ]
        for length in image_size[:2]
    )
    return [[(rows, columns) for columns in across] for rows in down]
