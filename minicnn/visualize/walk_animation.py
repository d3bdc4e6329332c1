"""A walk as an animation: the filter slides, number by number, and the feature map fills."""

import os
import re
from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import numpy as np

from minicnn.atomic import atomic_write
from minicnn.errors import unknown_name
from minicnn.steps.step import Step
from minicnn.steps.walk import Steps
from minicnn.visualize.step_drawing import draw_step
from minicnn.visualize.step_layout import lay_out
from minicnn.visualize.step_tables import sources_of, tables_of
from minicnn.visualize.walk_figure import check_walk, empty_picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_STEPS = 500
DOTS_PER_INCH = 90
MEGABYTES = 200  # matplotlib leaves out frames beyond its limit; so many steps do not reach this

# Matplotlib's page takes the pictures on its buttons from the network: here letters do.
ICONS = {
    "minus": "−", "fast-backward": "⇤", "step-backward": "◂", "play": "▶", "pause": "‖",
    "step-forward": "▸", "fast-forward": "⇥", "plus": "+",
}  # fmt: skip
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:;
 style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font-family: sans-serif; }}
img {{ max-width: 100%; }}
.fa {{ font-style: normal; }}
.fa-flip-horizontal {{ display: inline-block; transform: scaleX(-1); }}
{icons}
</style>
</head>
<body>
{animation}
</body>
</html>
"""


def animate_walk(
    walk: Steps,
    path: str | os.PathLike[str],
    steps: Sequence[Any] | None = None,
    seconds: float = 0.8,
) -> Path:
    """Write a walk as an animation: a frame for each step, in the order of computation.

    Parameters
    ----------
    walk : Walk or GradientWalk
        ``steps.conv2d(image, kernel)``; or the way back, ``walk.backward(dy).kernel``: which
        output gradients reach each weight.
    path : str or PathLike
        ``.gif`` for a picture that moves by itself, ``.html`` for a page with buttons, which needs
        no network. Missing folders are created.
    steps : sequence of int or tuple of int, optional
        Indices of steps, as in ``walk[index]``; by default all.
    seconds : float
        Duration of a frame.

    Returns
    -------
    Path
        The path of the file.

    Raises
    ------
    TypeError
        If `walk` is not a walk.
    ValueError
        If the file has another ending, there are no steps or more than 500, or `seconds` is not
        positive.

    Examples
    --------
    >>> import tempfile
    >>> from PIL import Image
    >>> from minicnn import steps
    >>> walk = steps.conv2d([[1, 2, 3], [4, 5, 6]], [[1, -1]])
    >>> path = animate_walk(walk, Path(tempfile.mkdtemp()) / "walk.gif")
    >>> with Image.open(path) as picture:
    ...     picture.n_frames
    4
    """
    check_walk(walk, "animate_walk")
    path = Path(path)
    if path.suffix.lower() not in WRITERS:
        raise unknown_name("type of animation", path.suffix, WRITERS)
    if not seconds > 0:
        raise ValueError(f"seconds must be a number > 0, got {seconds!r}.")
    animation = _animation(walk, _chosen(walk, steps), seconds)
    with atomic_write(path) as file:
        WRITERS[path.suffix.lower()](animation, file)
    return path


class Animation(NamedTuple):
    """The frames of an animation, drawn on demand."""

    title: str
    seconds: float  # per frame
    figure: "Figure"
    frames: Sequence[Callable[[], None]]


def _chosen(walk: Steps, steps: Sequence[Any] | None) -> list[Step]:
    """Return the steps to draw."""
    count = len(walk) if steps is None else len(steps)
    if not 0 < count <= MOST_STEPS:
        first = ", ".join(["0"] * walk.output.ndim)
        raise ValueError(
            f"an animation can have 1 to {MOST_STEPS} steps, got {count}. Choose some of the walk: "
            f"animate_walk(walk, path, steps=[({first}), …]), or walk over a smaller image."
        )
    return list(walk) if steps is None else [walk[index] for index in steps]


def _animation(walk: Steps, steps: Sequence[Step], seconds: float) -> Animation:
    """Lay all steps out on one figure."""
    sources = sources_of(walk, steps)
    tables = [tables_of(walk, step, sources) for step in steps]
    layout = lay_out(list(zip(steps, tables, strict=True)))
    figure, axes = empty_picture(layout)
    frames = [
        partial(draw_step, axes, step, drawn, layout)
        for step, drawn in zip(steps, tables, strict=True)
    ]
    return Animation(walk.title, seconds, figure, frames)


def _write_gif(animation: Animation, file: BinaryIO) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    animation.figure.set_dpi(DOTS_PER_INCH)
    canvas = FigureCanvasAgg(animation.figure)
    pictures = []
    for draw in animation.frames:
        draw()
        canvas.draw()
        pictures.append(Image.fromarray(np.array(canvas.buffer_rgba())).convert("RGB"))
    first, *others = pictures
    milliseconds = round(1000 * animation.seconds)
    first.save(file, "GIF", save_all=True, append_images=others, duration=milliseconds, loop=0)


def _write_html(animation: Animation, file: BinaryIO) -> None:
    import matplotlib as mpl
    from matplotlib.animation import FuncAnimation
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    def draw(frame: int) -> list[Any]:
        animation.frames[frame]()
        return []

    FigureCanvasAgg(animation.figure)
    player: Any = FuncAnimation(
        animation.figure, draw, frames=len(animation.frames), init_func=list
    )
    with mpl.rc_context({"animation.embed_limit": MEGABYTES, "savefig.dpi": DOTS_PER_INCH}):
        inside = player.to_jshtml(fps=1 / animation.seconds, default_mode="loop")
    inside = re.sub(r"<link[^>]*>", "", inside)
    icons = [f'.fa-{name}::before {{ content: "{sign}"; }}' for name, sign in ICONS.items()]
    page = PAGE.format(title=escape(animation.title), icons="\n".join(icons), animation=inside)
    file.write(page.encode("utf-8"))


WRITERS: dict[str, Callable[[Animation, BinaryIO], None]] = {
    ".gif": _write_gif,
    ".html": _write_html,
}
