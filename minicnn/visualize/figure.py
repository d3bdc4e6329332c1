"""Matplotlib figures without a window: created, shown in notebooks, written to files."""

import io
import os
import warnings
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from minicnn import checks
from minicnn.atomic import atomic_write
from minicnn.errors import DataWarning, unknown_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from PIL.Image import Image

# With Korean letters, in order of preference.
_KOREAN_FONTS = (
    "Malgun Gothic", "Apple SD Gothic Neo", "NanumGothic", "Noto Sans CJK KR", "Noto Sans CJK JP",
)  # fmt: skip
_KOREAN_FILES = ("malgun", "applesdgothic", "nanum", "notosanscjk")  # how their files begin
_DOTS_PER_INCH = 150
_FIRST_EAST_ASIAN = "\u1100"
_saving = Lock()  # matplotlib's settings belong to the whole process


def new_figure(width: float, height: float) -> "Figure":
    """Return an empty figure, in inches, that belongs to no window and needs no closing."""
    from matplotlib.figure import Figure

    figure: Any = Figure(figsize=(width, height), layout="constrained")
    # Without pyplot, notebooks know of no way to show a figure: this is how they ask for one.
    figure._repr_png_ = lambda: _as_png(figure)
    return figure


def new_canvas(width: float = 1, height: float = 1, **look: Any) -> tuple["Figure", "Axes"]:
    """Return an empty figure, and axes without a frame that fill it."""
    figure = new_figure(width, height)
    figure.set_layout_engine("none")
    figure.set(**look)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.axis("off")
    return figure, axes


def finish(
    figure: "Figure", path: str | os.PathLike[str] | None = None, dpi: float = _DOTS_PER_INCH
) -> "Figure":
    """Return the figure with fonts that have all its letters; write it to `path` if there is one."""
    from matplotlib.text import Text

    texts: list[Any] = figure.findobj(Text)
    fonts = fonts_for("".join(text.get_text() for text in texts))
    for text in texts:
        if is_east_asian(text.get_text()):
            text.set(fontfamily=fonts, fontweight="normal")  # few of these fonts have a bold one
    if path is not None:
        save_figure(figure, path, dpi)
    return figure


def save_figure(
    figure: "Figure", path: str | os.PathLike[str], dpi: float = _DOTS_PER_INCH
) -> None:
    """Write a figure to a file in the format that its ending names; all of it or nothing."""
    import matplotlib as mpl
    from PIL import Image

    path = checks.path("saving a picture", "path", path)
    ending = Path(path).suffix.lower() or ".png"
    formats = [f".{name}" for name in figure.canvas.get_supported_filetypes()]
    by_pillow = Image.registered_extensions()
    if ending not in formats and by_pillow.get(ending) not in Image.SAVE:
        raise unknown_name("picture format", ending, [*formats, ".bmp"])
    with _saving, atomic_write(path) as file:
        if ending in formats and ending != ".gif":  # matplotlib's are animations
            with mpl.rc_context({"svg.fonttype": "none"}):  # text that can be searched and copied
                figure.savefig(file, format=ending[1:], dpi=dpi)
        else:
            as_image(figure, dpi).convert("RGB").save(file, format=by_pillow[ending])


def as_image(figure: "Figure", dpi: float) -> "Image":
    """Draw a figure; return its pixels as a picture with opacity."""
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    figure.set_dpi(dpi)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.array(canvas.buffer_rgba()))


def is_east_asian(text: str) -> bool:
    """Whether a text has letters that matplotlib's own font lacks, such as Korean ones."""
    return not text.isascii() and max(text) >= _FIRST_EAST_ASIAN and any(map(str.isalpha, text))


def fonts_for(text: str) -> list[str]:
    """Return the font families for a text; warn if Korean letters need one that is missing."""
    if not is_east_asian(text):
        return ["sans-serif"]
    fonts = korean_fonts()
    if not fonts:
        letters = sorted({letter for letter in text if letter >= _FIRST_EAST_ASIAN})
        warnings.warn(
            f"no font with the letters {' '.join(letters)} is installed: they are drawn as empty "
            "boxes. Install NanumGothic.",
            DataWarning,
            stacklevel=4,
        )
    return ["sans-serif", *fonts]


def korean_fonts() -> list[str]:
    """Return the names of the installed fonts with Korean letters, in order of preference."""
    from matplotlib import font_manager

    def installed() -> list[str]:
        names = set(font_manager.get_font_names())
        return [name for name in _KOREAN_FONTS if name in names]

    if not installed():
        # Matplotlib lists the fonts once and keeps the list: look for those installed since.
        for path in font_manager.findSystemFonts():
            if Path(path).name.lower().startswith(_KOREAN_FILES):
                font_manager.fontManager.addfont(path)
    return installed()


def _as_png(figure: "Figure") -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png")
    return file.getvalue()
