"""The picture of a digit before and after `prepare_digit`."""

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from minicnn.preprocessing.digit import BOX, CENTRE, SIZE, prepare_in_stages
from minicnn.visualize.cells import bare, draw_cells, outline
from minicnn.visualize.colours import ORANGE, Shade
from minicnn.visualize.figure import finish, new_figure

if TYPE_CHECKING:
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
    figure = new_figure(9, 3.8)
    before, ink, after = figure.subplots(1, 3)
    for axes, cells, white, title in (
        (before, stages.grey, 255, "Before"),
        (ink, stages.found.ink, 1, "Its ink"),
        (after, stages.image, 255, f"After: {SIZE}×{SIZE}"),
    ):
        draw_cells(axes, cells, Shade("gray", 0, white))
        bare(axes, title)
    frame: dict[str, Any] = {"edgecolor": ORANGE, "lw": 2}
    top, left, bottom, right = stages.found.box
    for axes in (before, ink):
        outline(axes, left - 0.5, top - 0.5, right - left, bottom - top, **frame)
    inked = (np.flatnonzero(stages.image.any(axis=axis)) for axis in (0, 1))
    left, top = ((cells[0] + cells[-1] - BOX) / 2 for cells in inked)
    outline(after, left, top, BOX, BOX, **frame)  # the size of digits in MNIST
    after.plot(CENTRE, CENTRE, "+", color=ORANGE, markersize=12, markeredgewidth=2)
    after.set(xticks=[0, CENTRE, SIZE - 1], yticks=[0, CENTRE, SIZE - 1])
    after.set_xlabel(f"frame: {BOX}×{BOX};  +: centre of mass")
    return finish(figure, path)
