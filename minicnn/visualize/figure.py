"""Matplotlib figures that need no window: made, shown in notebooks, written to files."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# With Korean letters; whichever of them the machine has.
_KOREAN_FONTS = ("Malgun Gothic", "Apple SD Gothic Neo", "NanumGothic", "Noto Sans CJK KR")
_DOTS_PER_INCH = 150


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty figure that belongs to no window and needs no closing.

    Parameters
    ----------
    width, height : float
        In inches.

    Returns
    -------
    matplotlib.figure.Figure
    """
    from matplotlib.figure import Figure

    figure: Any = Figure(figsize=(width, height), layout="constrained")
    # Without pyplot, notebooks know of no way to show a figure: this is how they ask for one.
    figure._repr_png_ = lambda: _as_png(figure)
    return figure


def save_figure(figure: "Figure", path: str | os.PathLike[str]) -> None:
    """Write a figure to a file: the whole of it, or nothing.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    path : str or PathLike
        Its ending decides the format (``.png``, ``.svg``, ``.pdf``, …); without one it is a PNG.
        Folders that are missing are made.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with open(unfinished, "wb") as file:
            figure.savefig(file, format=path.suffix[1:] or "png", dpi=_DOTS_PER_INCH)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def fonts_for_all_letters() -> Iterator[None]:
    """Let texts that are made meanwhile use a font with Korean letters, where there is one."""
    import matplotlib as mpl
    from matplotlib import font_manager

    installed = set(font_manager.get_font_names())
    korean = [name for name in _KOREAN_FONTS if name in installed]
    with mpl.rc_context({"font.family": ["sans-serif", *korean]}):
        yield


def _as_png(figure: "Figure") -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()
