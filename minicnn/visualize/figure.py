"""Matplotlib figures that need no window: made, shown in notebooks, written to files."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minicnn.atomic import atomic_write

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# With Korean letters; whichever of them the machine has.
_KOREAN_FONTS = (
    "Malgun Gothic", "Apple SD Gothic Neo", "NanumGothic", "Noto Sans CJK KR", "Noto Sans CJK JP",
)  # fmt: skip
_KOREAN_FILES = ("malgun", "applesdgothic", "nanum", "notosanscjk")  # how their files begin
_DOTS_PER_INCH = 150


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty figure that belongs to no window and needs no closing."""
    from matplotlib.figure import Figure

    figure: Any = Figure(figsize=(width, height), layout="constrained")
    # Without pyplot, notebooks know of no way to show a figure: this is how they ask for one.
    figure._repr_png_ = lambda: _as_png(figure)
    return figure


def save_figure(
    figure: "Figure", path: str | os.PathLike[str], dpi: float = _DOTS_PER_INCH
) -> None:
    """Write a figure to a file: the whole of it, or nothing."""
    with atomic_write(path) as file:
        figure.savefig(file, format=Path(path).suffix[1:] or "png", dpi=dpi)


@contextmanager
def fonts_for_all_letters() -> Iterator[None]:
    """Let texts that are made meanwhile use a font with Korean letters, where there is one."""
    import matplotlib as mpl

    with mpl.rc_context({"font.family": ["sans-serif", *korean_fonts()]}):
        yield


def korean_fonts() -> list[str]:
    """Return the names of the installed fonts with Korean letters, the fittest first."""
    from matplotlib import font_manager

    def installed() -> list[str]:
        names = set(font_manager.get_font_names())
        return [name for name in _KOREAN_FONTS if name in names]

    if not installed():
        # Matplotlib lists the fonts when it is first used, and never again: look for newer ones.
        for path in font_manager.findSystemFonts():
            if Path(path).name.lower().startswith(_KOREAN_FILES):
                font_manager.fontManager.addfont(path)
    return installed()


def _as_png(figure: "Figure") -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()
