"""Occlusion: the probability of a class when a part of the image is covered."""

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from minicnn.errors import ShapeError
from minicnn.models import Model
from minicnn.training.checks import check_counts
from minicnn.visualize.arguments import (
    as_batch,
    as_pictures,
    class_labels,
    class_or_likeliest,
    percent,
    probabilities_of,
    shown_range,
)
from minicnn.visualize.cells import bare, draw_cells, draw_image, outline, show_whole
from minicnn.visualize.colours import AMOUNTS, VERMILION, Shade
from minicnn.visualize.figure import finish, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
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
    batch = as_batch(model, image, "occlusion")
    _check_squares(size, stride)
    probabilities = probabilities_of(model, model.compute_outputs(batch))[0]
    chosen = class_or_likeliest(class_index, probabilities)
    picture = as_pictures(batch)
    cover = _cover(picture[0], colour)
    rows = []
    for row in _squares(picture.shape[1:3], size, stride):
        covered = np.repeat(picture, len(row), axis=0)
        for image, square in zip(covered, row, strict=True):
            image[square] = cover
        outputs = model.compute_outputs(covered.reshape(-1, *batch.shape[1:]))
        rows.append(probabilities_of(model, outputs)[:, chosen])
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
    batch = as_batch(model, image, "plot_occlusion")
    before = probabilities_of(model, model.compute_outputs(batch))[0]
    chosen = class_or_likeliest(class_index, before)
    names = class_labels(class_names, len(before))
    found = occlusion(model, batch, size, stride, chosen, colour)
    worst = np.unravel_index(int(np.argmin(found)), found.shape)
    (picture,) = as_pictures(batch)
    square = list(_squares(picture.shape[:2], size, stride))[worst[0]][worst[1]]
    covered = picture.copy()
    covered[square] = _cover(picture, colour)
    after = probabilities_of(model, model.compute_outputs(covered.reshape(batch.shape)))[0]
    figure = new_figure(9.6, 3.3)
    panels = figure.subplots(1, 3)
    black_white = shown_range(model, batch)
    title = f"{names[chosen]}: {percent(before[chosen])}"
    draw_image(panels[0], picture, title, black_white)
    _draw_map(figure, panels[1], found, stride, picture.shape[:2])
    bare(panels[1], f"{names[chosen]},\nif {size}×{size} pixels here are covered")
    draw_image(panels[2], covered, _worst_title(names, before, after, chosen), black_white)
    rows, columns = ((part.start, part.stop) for part in square)
    for axes in panels[1:]:
        outline(axes, rows, columns, VERMILION)
    return finish(figure, path)


def _check_squares(size: int, stride: int) -> None:
    check_counts(size=size, stride=stride)
    if stride > size:
        raise ValueError(
            f"with squares of size={size} and stride={stride} some pixels are never covered: use a "
            f"stride of at most {size}."
        )


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


def _squares(image_size: Sequence[int], size: int, stride: int) -> Iterator[list[Square]]:
    """Yield rows of squares, each as slices of the image."""
    down, across = ([*_covered(length, size, stride)] for length in image_size)
    for rows in down:
        yield [(rows, columns) for columns in across]


def _covered(length: int, size: int, stride: int) -> Iterator[slice]:
    """Yield the slices that the squares cover along an axis."""
    for block in range(0, length, stride):
        start = block - (size - stride) // 2
        yield slice(max(start, 0), min(start + size, length))


def _draw_map(
    figure: "Figure", axes: "Axes", found: ndarray, stride: int, image_size: Sequence[int]
) -> None:
    """Draw each probability on its block of the image."""
    rows, columns = found.shape
    shade = Shade(AMOUNTS, min(float(found.min()), SURE), max(float(found.max()), 1.0))
    corners = (-0.5, columns * stride - 0.5, rows * stride - 0.5, -0.5)
    drawn = draw_cells(axes, found, shade, extent=corners)
    show_whole(axes, image_size)
    figure.colorbar(drawn, ax=axes, shrink=0.8, label="probability")


def _worst_title(names: Sequence[str], before: ndarray, after: ndarray, chosen: int) -> str:
    """Return the title of the image with the worst square covered."""
    title = f"covered here: {names[chosen]} {percent(after[chosen])}"
    answer = int(np.argmax(after))
    return title if answer == chosen else f"{title},\n{names[answer]} {percent(after[answer])}"
