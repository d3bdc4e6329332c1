"""One step of a walk as a figure."""

import os
from typing import TYPE_CHECKING, Any

from minicnn.steps.walk import BackwardWalk, Steps
from minicnn.visualize.figure import finish, new_figure
from minicnn.visualize.step_drawing import draw_step
from minicnn.visualize.step_layout import Layout, lay_out
from minicnn.visualize.step_tables import sources_of, tables_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INCHES = 0.46  # a unit of the picture


def plot_step(walk: Steps, index: Any, path: str | os.PathLike[str] | None = None) -> "Figure":
    """Draw one step of a walk: the image with the window framed, the products, the sum, the map so far.

    Parameters
    ----------
    walk : Walk or GradientWalk
        ``steps.conv2d(image, kernel)``, or the way back: ``walk.backward(dy).kernel``.
    index : int or tuple of int
        Index of the step, as in ``walk[index]``.
    path : str or PathLike, optional
        Where to write the picture too; the ending decides the format.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    TypeError
        If `walk` is not a walk, or the index is not made of integers.
    IndexError
        If there is no such step.

    Examples
    --------
    >>> from minicnn import steps
    >>> walk = steps.conv2d([[1, 2, 3], [4, 5, 6]], [[1, -1]])
    >>> figure = plot_step(walk, (0, 1))
    >>> figure.axes[0].texts[-1].get_text()
    '2·1 + 3·(−1) = −1'
    """
    check_walk(walk, "plot_step")
    step = walk[index]
    tables = tables_of(walk, step, sources_of(walk, [step]))
    layout = lay_out([(step, tables)])
    figure, axes = empty_picture(layout)
    draw_step(axes, step, tables, layout)
    return finish(figure, path)


def check_walk(walk: Any, caller: str) -> None:
    """Check that the argument is a walk."""
    if isinstance(walk, BackwardWalk):
        names = ", ".join(walk.gradients)
        raise TypeError(
            f"{caller} draws one gradient at a time, got all of them: {names}. Write "
            f"{caller}(walk.backward(dy).{next(iter(walk.gradients))}, …)."
        )
    if not isinstance(walk, Steps):
        raise TypeError(
            f"{caller} takes a walk such as steps.conv2d(image, kernel), got {type(walk).__name__}."
        )


def empty_picture(layout: Layout) -> "tuple[Figure, Axes]":
    """Return a figure for steps, and its axes."""
    figure = new_figure((layout.width + 0.6) * INCHES, layout.height * INCHES)
    figure.set_layout_engine("none")  # every table has its position already
    return figure, figure.add_axes((0.0, 0.0, 1.0, 1.0))
