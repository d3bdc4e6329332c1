"""The picture of a digit before and after `prepare_digit`."""

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from minicnn.preprocessing.digit import BOX, CENTRE, SIZE, prepare_in_stages
from minicnn.visualize.cells import outline
from minicnn.visualize.colours import ORANGE
from minicnn.visualize.figure import finish, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def plot_prepared_digit(
    picture: Any, path: str | os.PathLike[str] | None = None, dark_on_light: bool | None = None
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
    ink.imshow(stages.found.ink, cmap="gray", vmin=0, vmax=1)
    ink.set_title("Its ink")
    after.imshow(stages.image, cmap="gray", vmin=0, vmax=255)
    after.set_title(f"After: {SIZE}×{SIZE}")
    _box_and_centre(after, stages.image)
    top, left, bottom, right = stages.found.box
    for axes in (before, ink):
        outline(axes, (top, bottom), (left, right), ORANGE)
        axes.set_xticks([])
        axes.set_yticks([])
    return finish(figure, path)


def _box_and_centre(axes: "Axes", image: np.ndarray) -> None:
    """Draw the size of the digits in MNIST, and their centre of mass."""
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    top, left = ((inked[0] + inked[-1] + 1 - BOX) / 2 for inked in (rows, columns))
    outline(axes, (top, top + BOX), (left, left + BOX), ORANGE)
    axes.plot(CENTRE, CENTRE, "+", color=ORANGE, markersize=12, markeredgewidth=2)
    axes.set_xticks([0, CENTRE, SIZE - 1])
    axes.set_yticks([0, CENTRE, SIZE - 1])
    axes.set_xlabel(f"frame: {BOX}×{BOX};  +: centre of mass")
