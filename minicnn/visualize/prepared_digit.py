"""The picture of a digit before and after `prepare_digit`."""

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from minicnn.preprocessing.digit import BOX, CENTRE, SIZE, Preparation, prepare_in_stages
from minicnn.visualize.figure import finish, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Orange of Okabe & Ito 2008, "Color Universal Design": visible on black, on white and to everyone.
_MARK = "#E69F00"


def plot_prepared_digit(
    picture: Any,
    path: str | os.PathLike[str] | None = None,
    dark_on_light: bool | None = None,
) -> "Figure":
    """Draw a picture of a digit before, the ink that was found, and the image of 28×28 pixels after.

    Parameters
    ----------
    picture, dark_on_light
        As `minicnn.prepare_digit` takes them.
    path : str or PathLike, optional
        Where to write the picture too; the ending decides the format.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError, OSError
        As `minicnn.prepare_digit`.

    Examples
    --------
    >>> import numpy as np
    >>> paper = np.full((200, 300), 230, np.uint8)
    >>> paper[50:150, 100:110] = 40
    >>> figure = plot_prepared_digit(paper)
    >>> [axes.get_title() for axes in figure.axes]
    ['Before', 'Its ink', 'After: 28×28']
    """
    stages = prepare_in_stages(picture, dark_on_light)
    figure = new_figure(9, 3.3)
    before, ink, after = figure.subplots(1, 3)
    before.imshow(stages.grey, cmap="gray", vmin=0, vmax=255)
    before.set_title("Before")
    _frame(before, stages)
    ink.imshow(stages.found.ink, cmap="gray", vmin=0, vmax=1)
    ink.set_title("Its ink")
    _frame(ink, stages)
    after.imshow(stages.image, cmap="gray", vmin=0, vmax=255)
    after.set_title(f"After: {SIZE}×{SIZE}")
    _box_and_centre(after, stages.image)
    for axes in (before, ink):
        axes.set_xticks([])
        axes.set_yticks([])
    return finish(figure, path)


def _frame(axes: "Axes", stages: Preparation) -> None:
    """Draw a frame around the digit."""
    top, left, bottom, right = stages.found.box
    _rectangle(axes, left, top, right - left, bottom - top)


def _box_and_centre(axes: "Axes", image: np.ndarray) -> None:
    """Draw the size of the digits in MNIST, and their centre of mass."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    top, left = ((places[0] + places[-1] + 1 - BOX) / 2 for places in (rows, columns))
    _rectangle(axes, left, top, BOX, BOX)
    axes.plot(CENTRE, CENTRE, "+", color=_MARK, markersize=12, markeredgewidth=2)
    axes.set_xticks([0, CENTRE, SIZE - 1])
    axes.set_yticks([0, CENTRE, SIZE - 1])
    axes.set_xlabel(f"frame: {BOX}×{BOX};  +: centre of mass")


def _rectangle(axes: "Axes", left: float, top: float, width: float, height: float) -> None:
    from matplotlib.patches import Rectangle

    corner = (left - 0.5, top - 0.5)  # pixel (0, 0) begins half a pixel before 0
    axes.add_patch(Rectangle(corner, width, height, fill=False, edgecolor=_MARK, linewidth=1.5))
