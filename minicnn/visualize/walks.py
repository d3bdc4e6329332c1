"""Pictures of walks: one step, or an animation in which the filter slides and the feature map fills."""

import os
import re
from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from minicnn.atomic import atomic_write
from minicnn.errors import unknown_name
from minicnn.steps.step import Step
from minicnn.steps.walk import BackwardWalk, Steps
from minicnn.visualize.figure import as_image, finish, new_canvas
from minicnn.visualize.step_drawing import draw_step, lay_out
from minicnn.visualize.step_tables import sources_of, tables_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INCHES = 0.46  # a unit of the picture
MOST_STEPS = 500
DOTS_PER_INCH = 90
MEGABYTES = 200  # matplotlib omits frames beyond its limit; MOST_STEPS frames are smaller

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
    _check_walk(walk, "plot_step")
    figure, (draw,) = _frames(walk, [walk[index]])
    draw()
    return finish(figure, path)


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
    _check_walk(walk, "animate_walk")
    path = Path(path)
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise unknown_name("type of animation", path.suffix, WRITERS)
    if not seconds > 0:
        raise ValueError(f"seconds must be a number > 0, got {seconds!r}.")
    count = len(walk) if steps is None else len(steps)
    if not 0 < count <= MOST_STEPS:
        first = ", ".join(["0"] * walk.output.ndim)
        raise ValueError(
            f"an animation can have 1 to {MOST_STEPS} steps, got {count}. Choose some of the walk: "
            f"animate_walk(walk, path, steps=[({first}), …]), or walk over a smaller image."
        )
    chosen = list(walk) if steps is None else [walk[index] for index in steps]
    figure, frames = _frames(walk, chosen)
    with atomic_write(path) as file:
        write(figure, frames, seconds, walk.title, file)
    return path


def _check_walk(walk: Any, caller: str) -> None:
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


def _frames(walk: Steps, steps: Sequence[Step]) -> tuple["Figure", list[Callable[[], None]]]:
    """Return a figure with room for all steps, and the functions that draw each on it."""
    sources = sources_of(walk, steps)
    tables = [tables_of(walk, step, sources) for step in steps]
    pairs = list(zip(steps, tables, strict=True))
    layout = lay_out(pairs)
    figure, axes = new_canvas((layout.width + 0.6) * INCHES, layout.height * INCHES)
    return figure, [partial(draw_step, axes, step, drawn, layout) for step, drawn in pairs]


def _write_gif(
    figure: "Figure", frames: Sequence[Callable[[], None]], seconds: float, _: str, file: BinaryIO
) -> None:
    pictures = []
    for draw in frames:
        draw()
        pictures.append(as_image(figure, DOTS_PER_INCH).convert("RGB"))
    first, *others = pictures
    duration = round(1000 * seconds)
    first.save(file, "GIF", save_all=True, append_images=others, duration=duration, loop=0)


def _write_html(
    figure: "Figure", frames: Sequence[Callable[[], None]], seconds: float, title: str,
    file: BinaryIO,
) -> None:  # fmt: skip
    import matplotlib as mpl
    from matplotlib.animation import FuncAnimation
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    def draw(frame: int) -> list[Any]:
        frames[frame]()
        return []

    FigureCanvasAgg(figure)
    player: Any = FuncAnimation(figure, draw, frames=len(frames), init_func=list)
    with mpl.rc_context({"animation.embed_limit": MEGABYTES, "savefig.dpi": DOTS_PER_INCH}):
        inside = player.to_jshtml(fps=1 / seconds, default_mode="loop")
    inside = re.sub(r"<link[^>]*>", "", inside)
    icons = [f'.fa-{name}::before {{ content: "{sign}"; }}' for name, sign in ICONS.items()]
    page = PAGE.format(title=escape(title), icons="\n".join(icons), animation=inside)
    file.write(page.encode("utf-8"))


WRITERS: dict[str, Callable[..., None]] = {".gif": _write_gif, ".html": _write_html}
